--TEST--
HUP replaces all workers, one by one: the next one stops when the one before it is ready; a bootstrap file is read by each new worker; where it fails, the others stay as they are
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$file = tempnam(sys_get_temp_dir(), 'async');
file_put_contents($file, '<?php $local = 1; return "old";');
$log = new Log(without: ['started']);
$notes = new Notes();
$local = 'of this file';
$code = Supervisor::create()
    ->bootstrap($file)
    ->restart(Restart::OnFailure, backoff: 0.01, jitter: 0)
    ->add('w', function (Worker $worker, string $code) use ($notes, $local) {
        $notes->write("$code: {$worker->id()} $local");
        while ($worker->sleep(1000));
    }, 3)
    ->onEvent($log
        ->at('ready', function () use ($file) { file_put_contents($file, '<?php return "new";'); order(SIGHUP); }, 3)
        ->at('reloaded', function () use ($file) { file_put_contents($file, '<?php throw new Exception("broken");'); order(SIGHUP); })
        ->at('reload-failed', function () use ($file) { file_put_contents($file, '<?php return "mended";'); })
        ->at('ready', fn () => order(SIGTERM), 7))
    ->run();
echo "exit code $code\n";
// At the start and at the end any of them may be the first.
$lines = array_slice($log->lines, 3, array_search('notice: draining', $log->lines) - 3);
echo implode("\n", $lines), "\n";
$lines = $notes->all();
sort($lines);
echo implode("\n", $lines), "\n";
unlink($file);
?>
--EXPECT--
exit code 0
notice: reloading
info: stopped w.1
info: ready w.1
info: stopped w.2
info: ready w.2
info: stopped w.3
info: ready w.3
notice: reloaded
notice: reloading
info: stopped w.1
warning: failed w.1
error: reload-failed
info: ready w.1
mended: 1 of this file
new: 1 of this file
new: 2 of this file
new: 3 of this file
old: 1 of this file
old: 2 of this file
old: 3 of this file
