--TEST--
Portions of a map that no child has taken are not counted as tasks by status(): their items are, and tasks that wait beside them
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/runs.php';
require __DIR__ . '/../../support/sync.php';

function counts(Pool $pool): string
{
    $status = $pool->status();
    return "$status->queued queued, $status->running running, $status->inherited inherited, $status->sent sent";
}

$gate = new Gate();
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pool[] = fn() => $gate->pass();
while ($pool->getInProgress() === []) {
    $pool->tick();
}
$results = $pool->map([1, 2, 3], fn(int $i) => $i);
echo counts($pool), "\n";
$pool[] = fn() => 1;
$pool[] = fn() => 2;
echo counts($pool), "\n";
$gate->open();
echo implode(' ', iterator_to_array($results)), "\n";
$pool->wait();
echo counts($pool), "\n";

// An item that waits to be run again is no task either.
$runs = new Runs();
$pool = Pool::create()->concurrency(1)->tasksPerChild(0)->retry(1, 1000);
$results = $pool->map([1], fn(int $i) => $runs->add($i) ?? throw new DomainException());
while ($runs->of(1) === 0 || $pool->status()->running > 0) {
    $pool->tick();
}
echo counts($pool), "\n";
$pool->add(fn() => 1)->await();
echo counts($pool), "\n";
$pool->stop();
?>
--EXPECT--
3 queued, 1 running, 1 inherited, 0 sent
5 queued, 1 running, 1 inherited, 0 sent
1 2 3
0 queued, 0 running, 1 inherited, 2 sent
1 queued, 0 running, 0 inherited, 0 sent
1 queued, 0 running, 0 inherited, 1 sent
