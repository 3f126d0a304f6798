--TEST--
A seed that the task sets gives the sequence of that seed
--FILE--
<?php
use function Async\{async, await};

mt_srand(7);
$expected = mt_rand();
var_dump(await(async(function () { mt_srand(7); return mt_rand(); })) === $expected);
?>
--EXPECT--
bool(true)
