--TEST--
Warm workers, functions of map() and nested tasks have channels that were made before them; a task with a later one is forked
--FILE--
<?php
use Async\{Channel, Pool, Route};
use function Async\{async, await, map};

$early = Channel::create();
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pool->add(fn () => $early->send('from a warm worker'));
echo $early->receive(), "\n";
await($pool);
$late = Channel::create();
$future = $pool->add(fn () => $late->send('a channel that is younger than the worker'));
echo $late->receive(), ' ', "\n";
await($future);
echo $future->route()->name, "\n";

$squares = Channel::create(100);
map(range(1, 50), fn (int $n) => $squares->send($n * $n));
$squares->close();
echo array_sum(iterator_to_array($squares)), "\n";

$deep = Channel::create();
$task = async(function () use ($deep): void {
    await(async(function () use ($deep): void {
        await(async(fn () => $deep->send('from a grandchild\'s child')));
    }));
});
echo $deep->receive(), "\n";
await($task);
?>
--EXPECTF--
from a warm worker
a channel that is younger than the worker 
%s
42925
from a grandchild's child
