--TEST--
When the time of any() and race() is over, a TimeoutException says so, and nothing is cancelled; select() gives nothing
--FILE--
<?php
use function Async\{any, async, await, race, select};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$future = async(function () use ($gate) { $gate->pass(); return 'still there'; });
echo told(fn() => any([$future], 0.01)), "\n";
echo told(fn() => race([$future], timeout: 0)), "\n";
echo json_encode(select([$future], 0.01)), json_encode(select([$future], 0)), "\n";
echo $future->status()->name, "\n";
$gate->open();
echo any([$future], 20), race([$future], 20), "\n";
?>
--EXPECT--
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
Async\TimeoutException: no result within 0 s; what was awaited goes on
[][]
Running
still therestill there
