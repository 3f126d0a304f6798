--TEST--
Portions of a map that no child has taken are not counted as tasks by status(): their items are, and tasks that wait beside them
--FILE--
<?php
use Async\Pool;

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
?>
--EXPECT--
3 queued, 1 running, 1 inherited, 0 sent
5 queued, 1 running, 1 inherited, 0 sent
1 2 3
0 queued, 0 running, 1 inherited, 2 sent
