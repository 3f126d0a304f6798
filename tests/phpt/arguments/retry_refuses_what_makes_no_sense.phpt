--TEST--
retry() refuses what makes no sense, in core's words, and gives the pool
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
foreach ([[-1], ['x'], [1, -0.1], [1, NAN], [1, INF], [1, 'x'], [1, []], [], [1, 2, 3]] as $arguments) {
    echo told(fn() => $pool->retry(...$arguments)), "\n";
}
var_dump($pool->retry(0) === $pool, $pool->retry(times: PHP_INT_MAX, backoff: PHP_FLOAT_MAX) === $pool, $pool->retry(3, 1) === $pool);
?>
--EXPECT--
ValueError: Async\Pool::retry(): Argument #1 ($times) must be greater than or equal to 0
TypeError: Async\Pool::retry(): Argument #1 ($times) must be of type int, string given
ValueError: Async\Pool::retry(): Argument #2 ($backoff) must be greater than or equal to 0
ValueError: Async\Pool::retry(): Argument #2 ($backoff) must be finite
ValueError: Async\Pool::retry(): Argument #2 ($backoff) must be finite
TypeError: Async\Pool::retry(): Argument #2 ($backoff) must be of type float, string given
TypeError: Async\Pool::retry(): Argument #2 ($backoff) must be of type float, array given
ArgumentCountError: Async\Pool::retry() expects at least 1 argument, 0 given
ArgumentCountError: Async\Pool::retry() expects at most 2 arguments, 3 given
bool(true)
bool(true)
bool(true)
