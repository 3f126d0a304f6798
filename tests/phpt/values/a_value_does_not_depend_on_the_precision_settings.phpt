--TEST--
A value does not depend on the settings for printing floats
--INI--
precision=5
serialize_precision=5
--FILE--
<?php
use function Async\{async, await};

var_dump(await(async(fn() => 0.1 + 0.2)) === 0.1 + 0.2, await(async(fn() => (object) ['f' => 1 / 3]))->f === 1 / 3);
?>
--EXPECT--
bool(true)
bool(true)
