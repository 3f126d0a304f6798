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
$isolated = Pool::create();
$isolated[] = fn() => $gate->pass();
foreach ([
    fn() => Pool::create()->tasksPerChild(-1),
    fn() => Pool::create()->tasksPerChild('x'),
    fn() => Pool::create()->recycle(0),
    fn() => Pool::create()->recycle(seconds: 0.0),
    fn() => Pool::create()->recycle(seconds: -1),
    fn() => Pool::create()->recycle(seconds: NAN),
    fn() => Pool::create()->recycle(seconds: INF),
    fn() => Pool::create()->recycle(bytes: -1),
    fn() => $busy->tasksPerChild(1),
    fn() => $busy->tasksPerChild(5), // still warm workers
    fn() => $isolated->map([1], fn(int $x) => $x),
    fn() => $isolated->recycle(tasks: 5),
] as $call) {
    echo told($call), "\n";
}
$gate->open(2);
$busy->wait();
$isolated->wait();
echo told(fn() => $busy->tasksPerChild(1)), "\n";
?>
--EXPECT--
ValueError: Async\Pool::tasksPerChild(): Argument #1 ($n) must be greater than or equal to 0
TypeError: Async\Pool::tasksPerChild(): Argument #1 ($n) must be of type int, string given
ValueError: Async\Pool::recycle(): Argument #1 ($tasks) must be greater than or equal to 1
ValueError: Async\Pool::recycle(): Argument #2 ($seconds) must be greater than 0
ValueError: Async\Pool::recycle(): Argument #2 ($seconds) must be greater than 0
ValueError: Async\Pool::recycle(): Argument #2 ($seconds) must be finite
ValueError: Async\Pool::recycle(): Argument #2 ($seconds) must be finite
ValueError: Async\Pool::recycle(): Argument #3 ($bytes) must be greater than or equal to 1
Async\AsyncError: a pool cannot cease to use warm workers while tasks of it are queued or running: await it first
nothing thrown
Async\AsyncError: a pool cannot begin to use warm workers while tasks of it are queued, or run in children of their own: await it first, or call tasksPerChild(0) before they are added
Async\AsyncError: a pool cannot begin to use warm workers while tasks of it are queued, or run in children of their own: await it first, or call tasksPerChild(0) before they are added
nothing thrown
