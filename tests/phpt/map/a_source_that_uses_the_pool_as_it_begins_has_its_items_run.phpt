--TEST--
A source that awaits tasks of its own pool when the map begins has its items run, also when there is room for one process only; one that stops the pool then gives none
--INI--
async.max_children=1
--FILE--
<?php
use Async\Pool;
use function Async\await;

function source(Closure $first): iterable
{
    $first();
    yield from [1, 2, 3];
}

pcntl_alarm(30);
$pool = Pool::create()->concurrency(1);
$results = $pool->map(source(function () use ($pool) {
    echo implode(await($pool->add(fn() => ['before']))), "\n";
    await($pool);
}), fn(int $n) => $n * 2);
echo implode(' ', iterator_to_array($results)), "\n";

$pool = Pool::create();
echo count(iterator_to_array($pool->map(source(fn() => $pool->stop()), fn(int $n) => $n))), "\n";
?>
--EXPECT--
before
2 4 6
0
