--TEST--
A future returned by a task is awaited in the child, and its value is the value
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$task = fn() => async(fn() => async(fn() => [getmypid(), posix_getppid()]));
$future = async($task);
[$pid, $parent] = await($future);
var_dump($pid !== $future->pid(), $parent !== getmypid());

$fails = async(fn() => async(fn() => throw new DomainException('from the grandchild')));
echo told(fn() => await($fails)), "\n";
?>
--EXPECT--
bool(true)
bool(true)
DomainException: from the grandchild
