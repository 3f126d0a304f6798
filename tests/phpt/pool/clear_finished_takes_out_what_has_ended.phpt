--TEST--
clearFinished() takes out what has ended, in whatever way, and nothing else
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
$pool['ended'] = $ended = async(fn() => 'still here');
$pool['failed'] = fn() => throw new DomainException('no');
settle($pool);
$pool['runs'] = function () use ($gate) { $gate->pass(); return 1; };
$pool['waits'] = fn() => 2;
$pool->clearFinished();
echo json_encode($pool->keys()), ' ', count($pool), "\n", await($ended), "\n";
$gate->open();
echo json_encode(await($pool)), "\n";
$pool['ended'] = fn() => 'the key is free again';
echo await($pool['ended']), "\n";
$pool[7] = fn() => 7;
$pool->wait();
$pool->clearFinished();
$pool[] = fn() => 'keys go on';
echo json_encode($pool->wait()), "\n";
?>
--EXPECT--
["runs","waits"] 2
still here
{"runs":1,"waits":2}
the key is free again
{"8":"keys go on"}
