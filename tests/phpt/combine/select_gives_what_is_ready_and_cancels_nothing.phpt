--TEST--
select() gives what is ready with its key, values and failures, and cancels nothing
--FILE--
<?php
use Async\Pool;
use function Async\{async, select, settle};

require __DIR__ . '/../../support/sync.php';

$gates = ['a' => new Gate(), 'b' => new Gate(), 'c' => new Gate()];
$futures = [];
foreach ($gates as $key => $gate) {
    $futures[$key] = async(function () use ($gate, $key) {
        $gate->pass();
        return $key === 'b' ? throw new DomainException('failed') : $key;
    });
}
foreach (['c', 'b', 'a'] as $key) {
    $gates[$key]->open();
    foreach (select($futures) as $ready => $future) {
        echo $ready, ' ', $future === $futures[$ready] ? 'the same' : 'another', ' ', $future->error()?->getMessage() ?? $future->await(), "\n";
        unset($futures[$ready]);
    }
}
echo count($futures), "\n";

echo "-- all that are ready, in order\n";
$futures = ['x' => async(fn() => 1), 7 => async(fn() => 2), 'z' => async(fn() => $gates['a']->never())];
settle([$futures['x'], $futures[7]]);
echo json_encode(array_keys(select($futures))), ' ', $futures['z']->status()->name, "\n";
$futures['z']->cancel();

echo "-- a pool, whose handlers have run\n";
$pool = Pool::create();
$pool['p'] = async(fn() => 1)->then(fn($value) => $value + 1);
echo select($pool)['p']->await(), "\n";
?>
--EXPECT--
c the same c
b the same failed
a the same a
0
-- all that are ready, in order
["x",7] Running
-- a pool, whose handlers have run
2
