--TEST--
Limits of the queue and rates that make no sense are refused as PHP does
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
foreach ([0, -1, 'many', []] as $wrong) {
    echo told(fn() => $pool->queueLimit($wrong)), "\n";
}
echo told(fn() => $pool->queueLimit()), "\n";
foreach ([[0], [-1.5], [NAN], [INF], ['fast'], [null], [[]], [1, 0], [1, -1], [1, INF], [1, NAN], []] as $wrong) {
    echo told(fn() => $pool->rate(...$wrong)), "\n";
}
var_dump($pool->queueLimit(1)->queueLimit(null)->rate(1e300, 1e-300)->rate(per: 60, tasks: 6000) === $pool);
echo Async\await($pool->add(fn() => Async\await(Pool::create()->add(fn() => told(fn() => $pool->rate(1)))))), "\n";
?>
--EXPECT--
ValueError: Async\Pool::queueLimit(): Argument #1 ($tasks) must be greater than or equal to 1
ValueError: Async\Pool::queueLimit(): Argument #1 ($tasks) must be greater than or equal to 1
TypeError: Async\Pool::queueLimit(): Argument #1 ($tasks) must be of type ?int, string given
TypeError: Async\Pool::queueLimit(): Argument #1 ($tasks) must be of type ?int, array given
ArgumentCountError: Async\Pool::queueLimit() expects exactly 1 argument, 0 given
ValueError: Async\Pool::rate(): Argument #1 ($tasks) must be greater than 0
ValueError: Async\Pool::rate(): Argument #1 ($tasks) must be greater than 0
ValueError: Async\Pool::rate(): Argument #1 ($tasks) must be finite
ValueError: Async\Pool::rate(): Argument #1 ($tasks) must be finite
TypeError: Async\Pool::rate(): Argument #1 ($tasks) must be of type float, string given
TypeError: Async\Pool::rate(): Argument #1 ($tasks) must be of type int|float, null given
TypeError: Async\Pool::rate(): Argument #1 ($tasks) must be of type int|float, array given
ValueError: Async\Pool::rate(): Argument #2 ($per) must be greater than 0
ValueError: Async\Pool::rate(): Argument #2 ($per) must be greater than 0
ValueError: Async\Pool::rate(): Argument #2 ($per) must be finite
ValueError: Async\Pool::rate(): Argument #2 ($per) must be finite
ArgumentCountError: Async\Pool::rate() expects at least 1 argument, 0 given
bool(true)
Async\AsyncError: this pool belongs to the parent process: a task that needs one makes its own with Async\Pool::create()
