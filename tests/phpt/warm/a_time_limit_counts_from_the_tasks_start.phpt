--TEST--
A time limit counts from the start of a task, not from its place in the queue, and costs no other task
--FILE--
<?php
use Async\{Pool, TimeoutException};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = Pool::create()->concurrency(1)->tasksPerChild(0)->timeout(2);
for ($i = 0; $i < 4; $i++) {
    $pool[] = fn() => usleep(700_000); // the last one waits for 2.1 s
}
echo count($pool->wait()), " in time\n";

$pool = Pool::create()->concurrency(2)->tasksPerChild(0)->timeout(1);
$gate = new Gate();
for ($i = 0; $i < 40; $i++) {
    $pool[] = match (true) {
        $i === 17 => function () use ($gate) { pcntl_signal(SIGTERM, SIG_IGN); $gate->never(); },
        $i % 20 === 4 => fn() => $gate->never(),
        default => fn() => $i,
    };
}
$pool[5]->timeout(20);
foreach (settle($pool) as $i => $future) {
    if ($future->error()) {
        echo $i, ' ', $future->error()::class, ' ', $future->status()->name, "\n";
    } elseif ($future->await() !== $i) {
        echo "$i gave another value\n";
    }
}
echo $pool->status(), "\n";

// Set when the task is on its way, or begun.
$pool = warm();
$future = $pool->add(function () { while (true) { sleep(60); } });
echo told(fn() => $future->timeout(0.05)->await(PATIENCE)), "\n";
$future = $pool->add(fn() => usleep(1_200_000))->timeout(1)->timeout(0);
echo told(fn() => $future->await()), "\n";
?>
--EXPECTF--
4 in time
4 Async\TimeoutException TimedOut
17 Async\TimeoutException TimedOut
24 Async\TimeoutException TimedOut
queue: 0 - finished: 37 - failed: 0 - timeout: 3
task [%d] failed with Async\TimeoutException: task [%d] (pid %d) did not end within 1 s and was ended; raise timeout() or make the task shorter
task [%d] failed with Async\TimeoutException: task [%d] (pid %d) did not end within 1 s and was ended; raise timeout() or make the task shorter
task [%d] failed with Async\TimeoutException: task [%d] (pid %d) did not end within 1 s and was ended; raise timeout() or make the task shorter
Async\TimeoutException: task [%d] (pid %d) did not end within 0.05 s and was ended; raise timeout() or make the task shorter
nothing thrown
