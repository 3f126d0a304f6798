--TEST--
onFork() hooks of a pool run in its children only, after the global ones (pain 18)
--FILE--
<?php
use Async\Pool;
use function Async\{await, onFork};

$log = [];
onFork(function () use (&$log) { $log[] = 'global'; });
$task = function () use (&$log) { return implode(' ', [...$log, 'task']); };
$pool = Pool::create()->onFork(child: function () use (&$log) { $log[] = 'pool'; })->onFork(child: function () use (&$log) { $log[] = 'again'; });
$other = Pool::create();
$pool[] = $task;
$other[] = $task;
echo await($pool)[0], "\n", await($other)[0], "\n";
?>
--EXPECT--
global pool again task
global task
