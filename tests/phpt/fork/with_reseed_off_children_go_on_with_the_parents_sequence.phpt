--TEST--
With async.reseed=0 every child goes on with the parent's sequence (pain 22)
--INI--
async.reseed=0
--FILE--
<?php
use function Async\{async, await};

mt_srand(5);
mt_rand();
$drawn = await([async(fn() => mt_rand()), async(fn() => mt_rand()), async(fn() => mt_rand())]);
var_dump(count(array_unique($drawn)), $drawn[0] === mt_rand());
?>
--EXPECT--
int(1)
bool(true)
