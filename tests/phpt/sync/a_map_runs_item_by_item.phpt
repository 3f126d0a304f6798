--TEST--
With async.mode=sync a map runs an item when its result is asked for; failures, sources and stop() are as with processes
--INI--
async.mode=sync
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$or_told = function (callable $fn): string { try { return json_encode($fn()); } catch (Exception $e) { return $e::class . ': ' . $e->getMessage(); } };
$source = function () {
    foreach (['a' => 1, 'b' => 2, 'c' => 3] as $key => $n) {
        echo "source gives $key\n";
        yield $key => $n;
    }
};
$pool = new Pool();
foreach ($pool->map($source(), function (int $n) { echo "  runs $n\n"; return $n * $n; }) as $key => $square) {
    echo "$key => $square\n";
}
echo json_encode(Async\map(['x' => 'one', 'y' => 'three'], strlen(...))), "\n";

$map = $pool->map([1, 2, 3], fn(int $n) => $n === 2 ? throw new DomainException("item $n") : $n);
for (; $map->valid(); $map->next()) {
    echo $map->key(), ': ', $or_told(fn() => $map->current()), "\n";
}
echo told(fn() => Async\map([1, 2, 3, 4], fn(int $n) => $n % 2 ? $n : throw new DomainException("item $n"))), "\n";
$throws = function () { yield 1; throw new LengthException('the source'); };
$seen = [];
echo told(function () use ($throws, $pool, &$seen) {
    foreach ($pool->map($throws(), fn(int $n) => $n) as $value) {
        $seen[] = $value;
    }
}), ' after ', json_encode($seen), "\n";
$seen = [];
foreach ($pool->map(range(1, 100), fn(int $n) => $n) as $value) {
    $seen[] = $value;
    if ($value === 2) {
        $pool->stop();
    }
}
echo json_encode($seen), ' ', json_encode(iterator_to_array($pool->map([1], fn($n) => $n))), "\n";
?>
--EXPECT--
source gives a
  runs 1
a => 1
source gives b
  runs 2
b => 4
source gives c
  runs 3
c => 9
{"x":3,"y":5}
0: 1
1: DomainException: item 2
2: 3
DomainException: item 2
LengthException: the source after [1]
[1,2] []
