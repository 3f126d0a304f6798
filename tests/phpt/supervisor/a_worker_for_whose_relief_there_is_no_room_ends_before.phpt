--TEST--
recycle(overlap: true): where async.max_children leaves no room for one more process, a worker that has had enough ends first, after a tenth more at most
--INI--
async.max_children=1
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$log = new Log();
$code = Supervisor::create()->recycle(jobs: 20, overlap: true)
    ->add('w', function (Worker $worker) {
        while (!$worker->stopping()) {
            usleep(1000);
            $worker->job();
        }
    })
    ->onEvent($log->at('ready w.2', fn () => order(SIGTERM)))
    ->run();
echo "exit code $code\n";
$log->print();
?>
--EXPECT--
exit code 0
info: spent w.1
info: stopped w.1
notice: draining
info: stopped w.2
notice: ended
