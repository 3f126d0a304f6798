--TEST--
memoryLimit() and nice() refuse what makes no sense, in core's words, and give the pool
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
foreach (['', 'lots', '1.5G', '-2', 0, -7, '99999999999G', "256M\0"] as $wrong) {
    echo json_encode($wrong), ' ', told(fn() => $pool->memoryLimit($wrong)), "\n";
}
foreach ([[], null, new stdClass()] as $wrong) {
    echo told(fn() => $pool->memoryLimit($wrong)), "\n";
}
foreach ([-21, 20, PHP_INT_MAX, 'x'] as $wrong) {
    echo told(fn() => $pool->nice($wrong)), "\n";
}
echo told(fn() => $pool->memoryLimit()), "\n", told(fn() => $pool->nice(1, 2)), "\n";
var_dump($pool->memoryLimit('1G') === $pool, $pool->nice(-20) === $pool, $pool->nice(increment: 19) === $pool);
?>
--EXPECT--
"" ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
"lots" ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
"1.5G" ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
"-2" ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
0 ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
-7 ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
"99999999999G" ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
"256M\u0000" ValueError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be a number of bytes greater than 0, such as "256M", or -1 for no limit
TypeError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be of type string|int, array given
TypeError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be of type string|int, null given
TypeError: Async\Pool::memoryLimit(): Argument #1 ($limit) must be of type string|int, stdClass given
ValueError: Async\Pool::nice(): Argument #1 ($increment) must be between -20 and 19
ValueError: Async\Pool::nice(): Argument #1 ($increment) must be between -20 and 19
ValueError: Async\Pool::nice(): Argument #1 ($increment) must be between -20 and 19
TypeError: Async\Pool::nice(): Argument #1 ($increment) must be of type int, string given
ArgumentCountError: Async\Pool::memoryLimit() expects exactly 1 argument, 0 given
ArgumentCountError: Async\Pool::nice() expects exactly 1 argument, 2 given
bool(true)
bool(true)
bool(true)
