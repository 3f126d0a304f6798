--TEST--
More running tasks than a pool has slots can be added: the next one waits until there is room
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(2);
$gate = new Gate();
$tasks = [];
for ($i = 0; $i < 3; $i++) {
    $tasks[] = async(function () use ($gate, $i) { $gate->pass(); return $i; });
}
foreach ($tasks as $task) {
    $pool[] = $task;
}
$pool['next'] = fn() => 'next';
echo count($pool->getInProgress()), ' run, ', count($pool->getQueue()), " waits\n";
$gate->open();
foreach ($pool as $first) {
    break;
}
echo count($pool->getInProgress()), ' run, ', count($pool->getQueue()), " waits\n";
$gate->open(2);
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
3 run, 1 waits
2 run, 1 waits
{"0":0,"1":1,"2":2,"next":"next"}
