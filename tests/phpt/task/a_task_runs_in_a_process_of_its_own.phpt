--TEST--
A task runs in a process of its own, a child of this one
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => [getmypid(), posix_getppid()]);
[$pid, $parent] = await($future);

var_dump($pid !== getmypid(), $parent === getmypid(), $pid === $future->pid());
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
