--TEST--
retry() refuses what makes no sense, in core's words, and gives the pool
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
foreach ([[-1], ['x'], [1, -0.1], [1, NAN], [1, INF], [1, 'x'], [1, []], [], [1, 2, -1], [1, 2, INF], [1, 2, 'x'], [1, 2, 3, -0.1], [1, 2, 3, 1.1], [1, 2, 3, NAN], [1, 2, 3, 0, 'nothing'], [1, 2, 3, 0, null, 6]] as $arguments) {
    echo told(fn() => $pool->retry(...$arguments)), "\n";
}
var_dump($pool->retry(0) === $pool, $pool->retry(times: PHP_INT_MAX, backoff: PHP_FLOAT_MAX) === $pool, $pool->retry(3, 1) === $pool, $pool->retry(3, 1, 0.5, 1, fn() => true)->retry(if: null, times: 1, jitter: 0.5, maxBackoff: null) === $pool);
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
ValueError: Async\Pool::retry(): Argument #3 ($maxBackoff) must be greater than or equal to 0
ValueError: Async\Pool::retry(): Argument #3 ($maxBackoff) must be finite
TypeError: Async\Pool::retry(): Argument #3 ($maxBackoff) must be of type ?float, string given
ValueError: Async\Pool::retry(): Argument #4 ($jitter) must be between 0 and 1
ValueError: Async\Pool::retry(): Argument #4 ($jitter) must be between 0 and 1
ValueError: Async\Pool::retry(): Argument #4 ($jitter) must be between 0 and 1
TypeError: Async\Pool::retry(): Argument #5 ($if) must be a valid callback or null, function "nothing" not found or invalid function name
ArgumentCountError: Async\Pool::retry() expects at most 5 arguments, 6 given
bool(true)
bool(true)
bool(true)
bool(true)
