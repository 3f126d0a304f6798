--TEST--
Without strict_types arguments are converted as core does
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
var_dump($pool->concurrency('3') === $pool, $pool->timeout('1.5') === $pool, $pool->timeout(2) === $pool, $pool->concurrency(4.0) === $pool);
echo told(fn() => $pool->concurrency('many')), "\n", told(fn() => $pool->timeout('soon')), "\n", told(fn() => $pool->concurrency([])), "\n";
$keys = fn(bool|int|string $ordered) => implode(' ', array_keys(iterator_to_array($pool->map([3, 2, 1], fn($x) => $x, $ordered))));
echo $keys(1), ', ', $keys('yes'), "\n", told(fn() => $pool->map([], fn($x) => $x, [])), "\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
TypeError: Async\Pool::concurrency(): Argument #1 ($n) must be of type int, string given
TypeError: Async\Pool::timeout(): Argument #1 ($seconds) must be of type ?float, string given
TypeError: Async\Pool::concurrency(): Argument #1 ($n) must be of type int, array given
0 1 2, 0 1 2
TypeError: Async\Pool::map(): Argument #3 ($ordered) must be of type bool, array given
