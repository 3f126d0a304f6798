--TEST--
recycle(): after so many jobs, so much memory or so long a time a worker stops after its present job, and another one takes its place at once, however long the backoff is
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$wait = fn (Supervisor $supervisor) => $supervisor->restart(Restart::OnFailure, backoff: 1000);

foreach (['jobs' => ['jobs' => 3], 'bytes' => ['bytes' => memory_get_usage(true) + (16 << 20)]] as $kind => $limit) {
    $notes = new Notes();
    $log = new Log();
    $code = $wait(Supervisor::create())->recycle(...$limit)
        ->add('w', function (Worker $worker) use ($notes, $kind) {
            for ($kept = [], $job = 1; !$worker->stopping(); $job++) {
                $kept[] = $kind === 'bytes' ? str_repeat('x', 1 << 20) : '';
                $worker->job();
            }
            $notes->write($kind === 'jobs' ? $job - 1 : ($job > 5 && $job < 20 ? 'about 10' : $job));
        })
        ->onEvent($log->at('ready', fn () => order(SIGTERM), 4))
        ->run();
    echo "$kind: exit code $code; ", implode(', ', array_slice($notes->all(), 0, 3)), "\n";
    echo implode("\n", array_slice($log->lines, 0, 2)), "\n";
}

// One that does not ask is told by a signal, and what it has registered is called.
$log = new Log(['started', 'ready', 'spent']);
$code = $wait(Supervisor::create())->recycle(seconds: 0.05)
    ->add('w', function (Worker $worker) {
        $worker->onStop(function () use (&$stop) { $stop = true; });
        while (!$stop) {
            usleep(100_000); // again and again: the signal may come between the look and the sleep
        }
    })
    ->onEvent($log->at('stopped', fn () => order(SIGTERM), 2))
    ->run();
echo "seconds: exit code $code\n";
$log->print();
?>
--EXPECT--
jobs: exit code 0; 3, 3, 3
info: spent w.1
info: stopped w.1
bytes: exit code 0; about 10, about 10, about 10
info: spent w.1
info: stopped w.1
seconds: exit code 0
info: stopped w.1
info: stopped w.1
notice: draining
info: stopped w.1
notice: ended
