--TEST--
Arrays in arrays, iterators and pools among them, are awaited with the keys of all levels, and settle() keeps them too
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$task = fn(mixed $value) => async(fn() => $value);
$pool = Pool::create();
$pool['in a pool'] = fn() => 5;
$users = fn() => [
    'users' => ['ann' => $task(1), 7 => $task(2), 'deep' => [[$task(3)], []]],
    'one' => $task(4),
    'pool' => $pool,
    'generator' => (function () use ($task) { yield 'k' => $task(6); yield '8' => $task(7); })(),
    'none' => [],
];
echo json_encode(await($users())), "\n";
$shape = function (array $futures) use (&$shape) {
    return array_map(fn($one) => is_array($one) ? $shape($one) : $one->status()->name, $futures);
};
echo json_encode($shape(settle($users()))), "\n";

echo "-- the first failure in order, wherever it is\n";
echo told(fn() => await(['a' => [$task(1), [async(fn() => throw new DomainException('deep'))]], 'b' => async(fn() => throw new LengthException())])), "\n";
$pool = Pool::create();
$pool['bad'] = fn() => throw new RangeException('in a pool');
echo told(fn() => await([[$pool]])), "\n";

echo "-- the time limit is one for all\n";
$gate = new Gate();
$slow = async(fn() => $gate->never());
echo told(fn() => await(['x' => ['y' => $slow]], 0.01)), "\n";
$slow->cancel();

echo "-- what contains itself, or something else\n";
$circle = [$task(1)];
$circle['self'] = &$circle;
echo told(fn() => await($circle)), "\n";
echo told(fn() => await([[[5]]])), "\n";
echo told(fn() => await(['a' => [new stdClass()]])), "\n";
?>
--EXPECT--
{"users":{"ann":1,"7":2,"deep":[[3],[]]},"one":4,"pool":{"in a pool":5},"generator":{"k":6,"8":7},"none":[]}
{"users":{"ann":"Succeeded","7":"Succeeded","deep":[["Succeeded"],[]]},"one":"Succeeded","pool":{"in a pool":"Succeeded"},"generator":{"k":"Succeeded","8":"Succeeded"},"none":[]}
-- the first failure in order, wherever it is
DomainException: deep
RangeException: in a pool
-- the time limit is one for all
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
-- what contains itself, or something else
ValueError: Async\await(): Argument #1 ($what) must not contain itself, or arrays in more than 128 others
TypeError: Async\await(): Argument #1 ($what) must contain only values of type Async\Future|Async\Pool|iterable, int given
TypeError: Async\await(): Argument #1 ($what) must contain only values of type Async\Future|Async\Pool|iterable, stdClass given
