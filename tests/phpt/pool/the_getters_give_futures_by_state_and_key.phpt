--TEST--
The getters give futures by state, with their keys
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
$pool['ends'] = fn() => 1;
$pool['fails'] = fn() => throw new DomainException('no');
$pool['late'] = async(fn() => $gate->never())->timeout(0.05);
settle($pool);
$pool['runs'] = fn() => $gate->pass();
$pool['waits'] = fn() => 2;

foreach (['getQueue', 'getInProgress', 'getFinished', 'getFailed', 'getTimeouts'] as $getter) {
    foreach ($pool->$getter() as $key => $future) {
        echo $getter, ': ', $key, ' ', $future === $pool[$key] ? 'is' : 'is not', " the future\n";
    }
}
$gate->open();
await($pool['waits']);
echo json_encode(array_map('array_keys', [$pool->getQueue(), $pool->getInProgress(), $pool->getFinished()])), "\n";
?>
--EXPECT--
getQueue: waits is the future
getInProgress: runs is the future
getFinished: ends is the future
getFailed: fails is the future
getTimeouts: late is the future
[[],[],["ends","runs","waits"]]
