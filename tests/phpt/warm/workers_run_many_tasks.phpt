--TEST--
With tasksPerChild(0) children are warm workers: a hundred tasks need no more of them than there are slots
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
for ($i = 0; $i < 100; $i++) {
    $pool[] = fn() => [$i, getmypid()];
}
$results = await($pool);
var_dump(array_column($results, 0) === range(0, 99));
$pids = array_unique(array_column($results, 1));
var_dump(count($pids) <= 2, in_array(getmypid(), $pids));
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
