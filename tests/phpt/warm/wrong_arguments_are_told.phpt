--TEST--
Wrong arguments of tasksPerChild() and recycle() are told in PHP's own words
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$gate = new Gate();
$busy = Pool::create()->tasksPerChild(0);
$busy[] = fn() => $gate->pass();
foreach ([
    fn() => Pool::create()->tasksPerChild(-1),
    fn() => Pool::create()->tasksPerChild('x'),
    fn() => Pool::create()->recycle(0),
    fn() => Pool::create()->recycle(seconds: 0.0),
    fn() => Pool::create()->recycle(seconds: NAN),
    fn() => Pool::create()->recycle(bytes: -1),
    fn() => $busy->tasksPerChild(1),
    fn() => $busy->tasksPerChild(5), // they go on to stay
] as $call) {
    echo told($call), "\n";
}
$gate->open();
$busy->wait();
echo told(fn() => $busy->tasksPerChild(1)), "\n";
?>
--EXPECT--
ValueError: Async\Pool::tasksPerChild(): Argument #1 ($n) must be greater than or equal to 0
TypeError: Async\Pool::tasksPerChild(): Argument #1 ($n) must be of type int, string given
ValueError: Async\Pool::recycle(): Argument #1 ($tasks) must be greater than or equal to 1
ValueError: Async\Pool::recycle(): Argument #2 ($seconds) must be greater than 0
ValueError: Async\Pool::recycle(): Argument #2 ($seconds) must be greater than 0
ValueError: Async\Pool::recycle(): Argument #3 ($bytes) must be greater than or equal to 1
Async\AsyncError: whether children stay cannot be changed while tasks are queued or running
nothing thrown
nothing thrown
