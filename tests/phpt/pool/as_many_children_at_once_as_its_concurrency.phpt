--TEST--
There are as many children at once as the pool's concurrency
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$arrived = new Gate();
$leave = new Gate();
$pool = Pool::create()->concurrency(5);
for ($i = 0; $i < 6; $i++) {
    $pool[] = function () use ($arrived, $leave) { $arrived->open(); $leave->pass(); };
}
$arrived->pass(5); // five are inside at the same time, and none has left
var_dump($pool[5]->status(), count($pool->getInProgress()), count($pool->getQueue()));
$leave->open(6);
await($pool);
?>
--EXPECT--
enum(Async\Status::Queued)
int(5)
int(1)
