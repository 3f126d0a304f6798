--TEST--
HUP again and again, while the bootstrap is broken, costs one worker: that one tries the new code first; when it is mended all are replaced, the oldest first
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$file = tempnam(sys_get_temp_dir(), 'async');
file_put_contents($file, '<?php return "good";');
$again = function () { order(SIGHUP); };
$log = new Log(['started']);
$code = Supervisor::create()
    ->bootstrap($file)
    ->restart(Restart::OnFailure, backoff: 1000)
    ->add('w', function (Worker $worker) { while ($worker->sleep(1000)); }, 3)
    ->onEvent($log
        ->at('ready', function () use ($file) { file_put_contents($file, '<?php throw new Exception("broken");'); order(SIGHUP); }, 3)
        ->at('reload-failed', $again, 1)
        ->at('reload-failed', $again, 2)
        ->at('reload-failed', function () use ($file) { file_put_contents($file, '<?php return "mended";'); order(SIGHUP); }, 3)
        ->at('reloaded', fn () => order(SIGTERM)))
    ->run();
echo "exit code $code\n";
// At the start and at the end any of them may be the first.
echo implode("\n", array_slice($log->lines, 3, array_search('notice: draining', $log->lines) - 3)), "\n";
unlink($file);
?>
--EXPECT--
exit code 0
notice: reloading
info: stopped w.1
warning: failed w.1
error: reload-failed
notice: reloading
warning: failed w.1
error: reload-failed
notice: reloading
warning: failed w.1
error: reload-failed
notice: reloading
info: ready w.1
info: stopped w.2
info: ready w.2
info: stopped w.3
info: ready w.3
notice: reloaded
