--TEST--
heartbeat(): a worker that is silent for longer is replaced, and that is told; one that sleeps, asks, or does jobs is not
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$first = new Async\Counter();
$log = new Log();
$code = Supervisor::create()
    ->heartbeat(2)->restart(Restart::OnFailure, backoff: 0)
    ->add('hangs', function (Worker $worker) use ($first) {
        if ($first->add() === 1) {
            pcntl_signal(SIGTERM, SIG_DFL);
            while (true) {
                usleep(1000);
            }
        }
        while ($worker->sleep(1000));
    })
    ->add('sleeps', function (Worker $worker) { while ($worker->sleep(1000)); })
    ->add('asks', function (Worker $worker) { while (!$worker->stopping()); })
    ->add('works', function (Worker $worker) { while (!$worker->stopping()) { $worker->job(); usleep(1000); } })
    ->onEvent($log->at('ready hangs.1', fn () => order(SIGTERM), 2))
    ->run();
echo "exit code $code\n";
echo implode("\n", array_slice($log->lines, 0, array_search('notice: draining', $log->lines))), "\n";
?>
--EXPECT--
exit code 0
warning: silent hangs.1
warning: failed hangs.1
