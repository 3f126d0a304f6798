--TEST--
cancel() ends the items that run, and nothing more begins; the iterator gives what was done before, and ends
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

function generated(array $items): Generator
{
    try {
        yield from $items;
    } finally {
        echo '(source over) ';
    }
}

/** Waits until so many have begun, and gives their processes. */
function begun(Pool $pool, Runs $runs, int $count): array
{
    while (count($runs->all()) < $count) {
        $pool->tick(); // a child may have to make room for another
    }
    return array_map(intval(...), $runs->all());
}

// The first items are done at once, and make large portions; two of the others run when all is cancelled.
$gate = new Gate();
foreach (['an array' => false, 'a generator' => true] as $what => $generated) {
    foreach ([true, false] as $ordered) {
        echo $what, $ordered ? ', ordered: ' : ': ';
        $runs = new Runs();
        $pool = Pool::create()->concurrency(2);
        $items = range(0, 999);
        $results = $pool->map($generated ? generated($items) : $items, function (int $i) use ($gate, $runs) {
            if ($i < 400) {
                return $i;
            }
            $runs->add(getmypid());
            $gate->never();
        }, $ordered);
        $given = [];
        foreach ($results as $i => $value) {
            $given[] = $value;
            if (count($given) === 400) {
                $running = begun($pool, $runs, 2);
                $pool->cancel();
            }
        }
        ended(...$running);
        sort($given);
        echo json_encode($given === range(0, 399)), ', ', count($runs->all()), ' begun, ',
            $results->valid() ? 'more' : 'over', ', ', json_encode(await($pool)), "\n";
    }
}

// What is done when it is cancelled is given, wherever it is: with large results in a child's memory, too.
$runs = new Runs();
$pool = Pool::create()->concurrency(1);
$results = $pool->map(range(0, 9), function (int $i) use ($runs) {
    $runs->add($i);
    return str_repeat("$i", 100_000);
});
$results->rewind();
while (count($runs->all()) < 2 || $pool->status()->running > 0 && count($runs->all()) < 10) {
    $pool->tick();
}
$pool->cancel();
$given = implode(array_map(fn(string $value) => $value[0], iterator_to_array($results)));
echo str_starts_with('0123456789', $given) && strlen($given) > 1 ? 'in order' : $given, "\n";

// Items that do not end by SIGTERM.
$pool = Pool::create()->concurrency(2);
ini_set('async.kill_grace', '0.05');
$runs = new Runs();
$results = $pool->map([1, 2, 3], function () use ($gate, $runs) {
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, fn() => null);
    $runs->add(getmypid());
    $gate->never();
});
$running = begun($pool, $runs, 2);
$pool->cancel();
foreach ($results as $value) {
    echo "given\n";
}
ended(...$running);
echo "ended\n";

// What is still running of a loop that was left; tasks are cancelled as they always were.
$pool = Pool::create()->concurrency(3);
$runs = new Runs();
$stay = function () use ($gate, $runs) { $runs->add(getmypid()); $gate->never(); };
foreach ($pool->map([0, 1, 2], fn(int $i) => $i === 0 ?: $stay(), false) as $value) {
    begun($pool, $runs, 2);
    break;
}
$task = $pool->add($stay);
$running = begun($pool, $runs, 3);
unset($value);
$pool->cancel();
ended(...$running);
echo failure(fn() => $task->await())::class, "\n";
?>
--EXPECT--
an array, ordered: true, 2 begun, over, []
an array: true, 2 begun, over, []
a generator, ordered: (source over) true, 2 begun, over, []
a generator: (source over) true, 2 begun, over, []
in order
ended
Async\CancelledException
