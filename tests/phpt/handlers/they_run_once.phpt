--TEST--
Handlers run once, however often the future is awaited
--FILE--
<?php
use function Async\{async, await, settle};

$n = 0;
$future = async(fn() => 1)->then(function () use (&$n) { $n++; });
await($future);
await([$future]);
settle([$future]);
var_dump($n);
?>
--EXPECT--
int(1)
