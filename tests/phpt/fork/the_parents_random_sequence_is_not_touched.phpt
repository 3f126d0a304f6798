--TEST--
The parent's own random sequence is not touched by its children
--FILE--
<?php
use function Async\{async, await};

mt_srand(5);
$expected = [mt_rand(), mt_rand()];
mt_srand(5);
$first = mt_rand();
await([async(fn() => mt_rand()), async(fn() => mt_srand(1))]);
var_dump([$first, mt_rand()] === $expected);
?>
--EXPECT--
bool(true)
