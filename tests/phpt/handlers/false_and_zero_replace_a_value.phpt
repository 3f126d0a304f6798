--TEST--
false, 0 and '' replace a value: only null keeps it
--FILE--
<?php
use function Async\{async, await};

var_dump(await(async(fn() => 1)->then(fn() => false)));
var_dump(await(async(fn() => 1)->then(fn() => 0)));
var_dump(await(async(fn() => 1)->then(fn() => '')));
var_dump(await(async(fn() => 1)->then(fn() => [])));
?>
--EXPECT--
bool(false)
int(0)
string(0) ""
array(0) {
}
