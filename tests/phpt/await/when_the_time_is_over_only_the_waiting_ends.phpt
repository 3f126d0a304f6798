--TEST--
When the time of an await is over, only the waiting ends: the task goes on
--FILE--
<?php
use Async\TimeoutException;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$future = async(function () use ($gate) { $gate->pass(); return 'still here'; });

foreach ([fn() => await($future, 0.05), fn() => $future->await(0.05), fn() => await([$future], timeout: 0.05)] as $wait) {
    $e = failure($wait);
    var_dump($e instanceof TimeoutException, $e->getMessage() !== '');
}
var_dump($future->status());
$gate->open();
var_dump(await($future));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
enum(Async\Status::Running)
string(10) "still here"
