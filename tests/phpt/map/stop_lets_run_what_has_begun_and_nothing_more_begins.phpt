--TEST--
stop() lets the items run that have begun, and nothing more begins; the iterator gives what was done, and ends
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

function generated(array $items): Generator
{
    yield from $items;
}

/** Waits until so many have begun, and gives what they noted down. */
function begun(Pool $pool, Runs $runs, int $count): array
{
    while (count($runs->all()) < $count) {
        $pool->tick(); // a child may have to make room for another
    }
    return array_map(intval(...), $runs->all());
}

// The first items are done at once, and make large portions: the rest of one that has begun does not begin.
$gate = new Gate();
foreach (['an array' => false, 'a generator' => true] as $what => $generated) {
    foreach ([true, false] as $ordered) {
        echo $what, $ordered ? ', ordered: ' : ': ';
        $runs = new Runs();
        $pool = Pool::create()->concurrency(2);
        $items = range(0, 999);
        $results = $pool->map($generated ? generated($items) : $items, function (int $i) use ($gate, $runs) {
            if ($i >= 400) {
                $runs->add($i);
                $gate->pass();
            }
            return $i;
        }, $ordered);
        $given = [];
        foreach ($results as $i => $value) {
            $given[$i] = $value;
            if (count($given) === 400) {
                $running = begun($pool, $runs, 2);
                $pool->stop();
                $gate->open(2);
            }
        }
        $late = array_slice($given, 400);
        sort($given);
        sort($running);
        sort($late);
        echo json_encode($given === [...range(0, 399), ...$running] && $late === $running), ', ', count($runs->all()),
            ' begun, ', $results->valid() ? 'more' : 'over', ', ', json_encode(await($pool)), "\n";
    }
}

// A task beside the map runs on; an item that fails then is thrown in its turn.
$pool = Pool::create()->concurrency(3)->tasksPerChild(0);
$runs = new Runs();
$task = $pool->add(function () use ($gate, $runs) { $runs->add(0); $gate->pass(); return 'a task'; });
$results = $pool->map([1, 2, 3, 4], function (int $i) use ($gate, $runs) {
    $runs->add($i);
    $gate->pass();
    return $i === 2 ? throw new DomainException('the second') : $i;
});
begun($pool, $runs, 3);
$pool->stop();
$gate->open(3);
for (; $results->valid(); $results->next()) {
    echo told(fn() => print $results->current() . ' '), "\n";
}
echo $task->await(), "\n";

// Several maps of the pool.
$pool = Pool::create()->concurrency(2);
$one = $pool->map(range(0, 9999), fn(int $i) => $i);
$other = $pool->map(range(0, 9999), fn(int $i) => $i);
$one->rewind();
$pool->stop();
$one = iterator_to_array($one);
$other = iterator_to_array($other);
echo json_encode($one === range(0, count($one) - 1) && count($one) < 10_000), ' ', json_encode(count($other) < 10_000), "\n";

// Twice, and then all of it.
$pool = Pool::create()->concurrency(2);
$runs = new Runs();
$results = $pool->map([1, 2, 3], function (int $i) use ($gate, $runs) { $runs->add(getmypid()); $gate->never(); });
$running = begun($pool, $runs, 2);
$pool->stop()->stop()->cancel()->cancel()->stop();
echo json_encode(iterator_to_array($results)), "\n";
ended(...$running);
?>
--EXPECT--
an array, ordered: true, 2 begun, over, []
an array: true, 2 begun, over, []
a generator, ordered: true, 2 begun, over, []
a generator: true, 2 begun, over, []
1 nothing thrown
DomainException: the second
a task
true true
[]
