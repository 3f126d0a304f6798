--TEST--
A timeout that is negative or not finite is a ValueError in core's words; an await may wait for INF seconds
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$future = async(fn() => 1);
echo told(fn() => $pool->timeout(-1)), "\n";
echo told(fn() => $pool->timeout(-0.001)), "\n";
echo told(fn() => $future->timeout(-1)), "\n";
echo told(fn() => await($future, -1)), "\n";
echo told(fn() => $future->await(-1.5)), "\n";
foreach ([NAN, INF, -INF] as $time) {
    echo told(fn() => $pool->timeout($time)), "\n", told(fn() => $future->timeout($time)), "\n";
}
foreach ([NAN, -INF] as $time) {
    echo told(fn() => await($future, $time)), "\n", told(fn() => $future->await($time)), "\n";
}
echo await($future, INF), "\n";
echo await($future), "\n";
?>
--EXPECT--
ValueError: Async\Pool::timeout(): Argument #1 ($seconds) must be greater than or equal to 0
ValueError: Async\Pool::timeout(): Argument #1 ($seconds) must be greater than or equal to 0
ValueError: Async\Future::timeout(): Argument #1 ($limit) must be greater than or equal to 0
ValueError: Async\await(): Argument #2 ($timeout) must be greater than or equal to 0
ValueError: Async\Future::await(): Argument #1 ($timeout) must be greater than or equal to 0
ValueError: Async\Pool::timeout(): Argument #1 ($seconds) must be finite
ValueError: Async\Future::timeout(): Argument #1 ($limit) must be finite
ValueError: Async\Pool::timeout(): Argument #1 ($seconds) must be finite
ValueError: Async\Future::timeout(): Argument #1 ($limit) must be finite
ValueError: Async\Pool::timeout(): Argument #1 ($seconds) must be finite
ValueError: Async\Future::timeout(): Argument #1 ($limit) must be finite
ValueError: Async\await(): Argument #2 ($timeout) must not be NAN
ValueError: Async\Future::await(): Argument #1 ($timeout) must not be NAN
ValueError: Async\await(): Argument #2 ($timeout) must be greater than or equal to 0
ValueError: Async\Future::await(): Argument #1 ($timeout) must be greater than or equal to 0
1
1
