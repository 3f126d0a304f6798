--TEST--
A child has a process group of its own, and the parent stays in its
--FILE--
<?php
use function Async\{async, await};

$group = posix_getpgid(0);
var_dump(await(async(fn() => posix_getpgid(0) === getmypid())), posix_getpgid(0) === $group);
?>
--EXPECT--
bool(true)
bool(true)
