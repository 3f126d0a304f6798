--TEST--
Too few and too many arguments are counted as core does
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, cpus};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1);
$pool = new Pool();
foreach ([fn() => async(), fn() => await(), fn() => cpus(1), fn() => $pool->concurrency(), fn() => $pool->count(1), fn() => $future->then(), fn() => $future->status(1), fn() => await($future, 1.0, 2)] as $wrong) {
    echo told($wrong), "\n";
}
await($future);
?>
--EXPECT--
ArgumentCountError: Async\async() expects at least 1 argument, 0 given
ArgumentCountError: Async\await() expects at least 1 argument, 0 given
ArgumentCountError: Async\cpus() expects exactly 0 arguments, 1 given
ArgumentCountError: Async\Pool::concurrency() expects exactly 1 argument, 0 given
ArgumentCountError: Async\Pool::count() expects exactly 0 arguments, 1 given
ArgumentCountError: Async\Future::then() expects exactly 1 argument, 0 given
ArgumentCountError: Async\Future::status() expects exactly 0 arguments, 1 given
ArgumentCountError: Async\await() expects at most 2 arguments, 3 given
