--TEST--
any() gives the first value, whatever has failed before, and cancels the rest
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{any, async, settle};

require __DIR__ . '/../../support/sync.php';

[$gate, $closed] = [new Gate(), new Gate()];
$notes = new Notes();
$failed = fn() => throw new DomainException('no');
$futures = [
    'slow' => async(fn() => $closed->never())->catch(fn(Async\CancelledException $e) => $notes->write('told')),
    'failed' => async($failed),
    'quick' => async(function () use ($gate) { $gate->pass(); return 'value'; }),
];
settle([$futures['failed']]);
$gate->open();
echo any($futures), "\n";
settle($futures);
foreach ($futures as $key => $future) {
    echo $key, ' ', $future->status()->name, "\n";
}
echo implode(' ', $notes->all()), "\n";

echo "-- an iterator, a pool with tasks that wait, and one that is not started\n";
$pool = Pool::create()->concurrency(1);
$pool['first'] = fn() => 1;
$pool['second'] = fn() => $closed->never();
echo any($pool), ' ', $pool['second']->await(...) !== null, ' ', count($pool), "\n";
settle($pool);
echo json_encode(array_map(fn($future) => $future->status()->name, iterator_to_array((function () use ($pool) {
    foreach ($pool->keys() as $key) {
        yield $key => $pool[$key];
    }
})()))), "\n";
echo any((function () use ($closed) {
    yield 'same' => async(fn() => $closed->never());
    yield 'same' => async(fn() => 'the second of a key');
})()), "\n";

echo "-- what a handler makes of it is what counts\n";
echo any([async($failed)->catch(fn() => 'handled')]), "\n";
echo "-- a slot that a loser had is free\n";
$pool = Pool::create()->concurrency(1);
$loser = $pool->add(fn() => $closed->never());
echo any([$loser, async(fn() => 'won')]), ' ', $pool->add(fn() => 'next')->await(), "\n";
?>
--EXPECT--
value
slow Cancelled
failed Failed
quick Succeeded
told
-- an iterator, a pool with tasks that wait, and one that is not started
1 1 2
{"first":"Succeeded","second":"Cancelled"}
the second of a key
-- what a handler makes of it is what counts
handled
-- a slot that a loser had is free
won next
