--TEST--
Handlers of what a function of this extension has ended run at the next step of the script, wherever the virtual machine checks for interrupts
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

await(async(fn() => 1)); // there is something that could wake the script later
$pool = Pool::create()->stop();
for ($i = 0; $i < 5; $i++) {
    $told = 'not told';
    $pool->add(fn() => 1)->finally(function () use (&$told) { $told = 'told'; });
    for ($steps = 0; $steps < 3; $steps++);
    echo $told, "\n";
}
?>
--EXPECT--
told
told
told
told
told
