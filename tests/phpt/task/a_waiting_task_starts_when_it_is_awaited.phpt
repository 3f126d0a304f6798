--TEST--
A task that waits to be added starts when it is awaited instead
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = new Pool();
$function = async(fn() => 'by await()');
$method = async(fn() => 'by Future::await()');
$call = async(fn() => 'by calling it');
$list = [async(fn() => 'by await() of a list')];

echo await($function), "\n", $method->await(), "\n", $call(), "\n", await($list)[0], "\n";
echo count($pool), " in the pool\n";
?>
--EXPECT--
by await()
by Future::await()
by calling it
by await() of a list
0 in the pool
