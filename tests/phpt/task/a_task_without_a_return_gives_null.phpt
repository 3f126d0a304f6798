--TEST--
A task without a return gives null
--FILE--
<?php
use function Async\{async, await};

var_dump(await(async(function () {})));
?>
--EXPECT--
NULL
