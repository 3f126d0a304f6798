--TEST--
A second await gives the same value again, the very same object
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => (object) ['n' => 1]);
$first = await($future);
var_dump($first === await($future), $first === $future->await(), $first === $future(), $first === await([$future])[0]);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
