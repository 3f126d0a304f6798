--TEST--
Children are supported on the command line
--FILE--
<?php
use Async\Pool;

var_dump(Pool::isSupported());
?>
--EXPECT--
bool(true)
