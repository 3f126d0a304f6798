--TEST--
With strict_types arguments are not converted; an integer is a float all the same
--FILE--
<?php
declare(strict_types=1);

use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
echo told(fn() => $pool->concurrency('3')), "\n", told(fn() => $pool->timeout('1.5')), "\n", told(fn() => $pool->map([], fn($x) => $x, 1)), "\n";
var_dump($pool->timeout(2) === $pool, $pool->timeout(null) === $pool);
?>
--EXPECT--
TypeError: Async\Pool::concurrency(): Argument #1 ($n) must be of type int, string given
TypeError: Async\Pool::timeout(): Argument #1 ($seconds) must be of type ?float, string given
TypeError: Async\Pool::map(): Argument #3 ($ordered) must be of type bool, int given
bool(true)
bool(true)
