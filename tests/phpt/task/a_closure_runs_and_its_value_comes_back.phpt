--TEST--
A closure runs, and its value comes back
--FILE--
<?php
use function Async\{async, await};

var_dump(await(async(fn() => 6 * 7)));
?>
--EXPECT--
int(42)
