--TEST--
status() counts the items of a map beside tasks, from when they are taken out of their source until they are given; no list has them
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

function counts(Pool $pool): string
{
    $status = $pool->status();
    return "$status->queued queued, $status->running running, $status->finished finished, $status->failed failed, $status->timedOut timed out";
}

$gate = new Gate();
$runs = new Runs();
$run = function (int $i) use ($gate, $runs): int {
    $runs->add($i);
    if ($i >= 3) {
        $gate->pass();
    }
    return match ($i) {
        1 => throw new DomainException('the second'),
        2 => posix_kill(getmypid(), SIGKILL),
        default => $i,
    };
};

$pool = Pool::create()->concurrency(2);
echo counts($pool), "\n";
$results = $pool->map((fn() => yield from range(0, 99))(), $run);
while ($runs->of(3) + $runs->of(4) < 2) {
    $pool->tick(); // 0 to 2 are over
}
$status = $pool->status();
echo "$status->running running, $status->finished finished, $status->failed failed, $status->timedOut timed out, ",
    $status->queued > 0 && $status->queued < 95 ? 'some' : $status->queued, " queued\n";
check('the same in its text', str_starts_with($status, "queue: $status->queued - finished: 1 - failed: 2 - timeout: 0"), (string) $status);
echo count($pool), ' ', count($pool->getQueue()), ' ', count($pool->getInProgress()), ' ', count($pool->getFinished()), "\n";

// A task counts as it always did; so does what was done and is not given.
$pool['task'] = fn() => $gate->pass();
echo $pool->status()->queued - $status->queued, " more\n";
echo $results->current(), "\n";
echo $pool->status()->finished, "\n";

$pool->stop();
echo counts($pool), "\n";
$gate->open(2);
$given = [];
for (; $results->valid(); $results->next()) {
    try {
        $given[] = $results->current();
    } catch (Throwable $e) {
        $given[] = $e::class;
    }
}
echo implode(' ', $given), "\n", counts($pool), "\n";

$pool = Pool::create()->timeout(0.05);
$results = $pool->map([1], fn() => $gate->never());
while ($pool->status()->timedOut === 0);
echo counts($pool), "\n", failure(fn() => $results->current())::class, "\n", counts($pool), "\n";
?>
--EXPECT--
0 queued, 0 running, 0 finished, 0 failed, 0 timed out
2 running, 1 finished, 2 failed, 0 timed out, some queued
the same in its text: yes
0 0 0 0
1 more
0
0
0 queued, 2 running, 0 finished, 3 failed, 0 timed out
0 DomainException Async\ProcessDiedException 3 4
0 queued, 0 running, 0 finished, 1 failed, 0 timed out
0 queued, 0 running, 0 finished, 0 failed, 1 timed out
Async\TimeoutException
0 queued, 0 running, 0 finished, 0 failed, 0 timed out
