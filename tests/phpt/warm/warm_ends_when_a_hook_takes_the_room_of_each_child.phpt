--TEST--
warm() ends when a hook runs a task at each fork, and that takes the permit of the child that was just forked
--INI--
async.max_children=1
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

pcntl_alarm(30); // ends a script that waits for ever
$forks = 0;
$pool = Pool::create()->concurrency(3)->tasksPerChild(0);
$pool->onFork(parent: function () use (&$forks) {
    $forks++;
    await(async(fn() => null));
});
$pool->warm(3);
echo $forks <= 3 ? 'as many forks as were wanted, or fewer' : "$forks forks", "\n";
echo await($pool->add(fn() => 'a value')), "\n";
?>
--EXPECT--
as many forks as were wanted, or fewer
a value
