--TEST--
onFork() hooks run in every child before its task, and in the parent after each fork (pain 18)
--FILE--
<?php
use function Async\{async, await, onFork};

$parent = getmypid();
$log = [];
$forks = 0;
onFork(
    child: function () use (&$log, $parent) { $log[] = getmypid() === $parent ? 'PARENT' : 'child'; },
    parent: function () use (&$forks, $parent) { $forks += getmypid() === $parent ? 1 : 1000; },
);
onFork(function () use (&$log) { $log[] = 'second'; });
onFork();
$task = function () use (&$log) { return implode(' ', [...$log, 'task']); };
echo implode("\n", await([async($task), async($task)])), "\n";
var_dump($log, $forks);
?>
--EXPECT--
child second task
child second task
array(0) {
}
int(2)
