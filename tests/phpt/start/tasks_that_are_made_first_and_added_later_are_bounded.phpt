--TEST--
Tasks that begin by themselves and are added later are never more at once than begin by themselves
--INI--
async.concurrency=3
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1);
$gate = new Gate();
$futures = [];
for ($i = 0; $i < 10; $i++) {
    $future = async(function () use ($gate, $i) { $gate->pass(); return $i; });
    $future->then(fn(int $n) => $n + 100);
    $pool[] = $future;
}
echo count($pool->getInProgress()), ' run, ', count($pool->getQueue()), " wait\n";
$gate->open(10);
$most = 0;
foreach ($pool as $future) {
    $most = max($most, count($pool->getInProgress()));
}
echo $most <= 2 ? 'then no more than that' : "then $most", "\n";
echo json_encode(await($pool)), "\n";

// The slots in which they began are free again.
$again = [];
for ($i = 0; $i < 3; $i++) {
    $again[] = async(fn() => $gate->pass());
}
echo json_encode(array_map(fn($future) => $future->status() === Status::Running, $again)), "\n";
$gate->open(3);
await($again);
?>
--EXPECT--
3 run, 7 wait
then no more than that
[100,101,102,103,104,105,106,107,108,109]
[true,true,true]
