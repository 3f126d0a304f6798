--TEST--
What an item's function throws, and what the source throws, is thrown after all have run; wrong arguments at once
--FILE--
<?php
use Async\Pool;
use function Async\map;

require __DIR__ . '/../../support/sync.php';

echo told(fn() => map([1, 2, 3], fn($x) => $x === 2 ? throw new DomainException('two') : $x)), "\n";
echo told(fn() => map((function () {
    yield 1;
    throw new LogicException('source');
})(), fn($x) => $x)), "\n";
// The first failure is thrown; what the source threw is behind it.
$notes = new Notes();
$e = failure(fn() => map((function () {
    yield from range(1, 4);
    throw new LogicException('source');
})(), function (int $x) use ($notes) {
    $notes->write($x);
    return $x % 2 ? $x : throw new DomainException("item $x");
}));
for (; $e !== null; $e = $e->getPrevious()) {
    echo $e::class, ': ', $e->getMessage(), "\n";
}
$ran = $notes->all();
sort($ran);
echo implode(' ', $ran), "\n";
echo told(fn() => map(1, fn($x) => $x)), "\n";
echo told(fn() => map([1], 'nothing')), "\n";
echo told(fn() => map([1], fn($x) => $x, 0)), "\n";
echo told(fn() => map((fn() => yield [] => 1)(), fn($x) => $x)), "\n";
echo told(fn() => Pool::create()->map([1])), "\n";
// What is not asked for is dropped.
foreach (Pool::create()->concurrency(2)->map(range(1, 1000), fn($x) => $x) as $x) {
    if ($x === 3) {
        break;
    }
}
echo "done\n";
?>
--EXPECT--
DomainException: two
LogicException: source
DomainException: item 2
LogicException: source
1 2 3 4
TypeError: Async\map(): Argument #1 ($items) must be of type iterable, int given
TypeError: Async\map(): Argument #2 ($fn) must be a valid callback, function "nothing" not found or invalid function name
ValueError: Async\map(): Argument #3 ($concurrency) must be greater than or equal to 1
Async\AsyncError: the keys of what map() is given must be those of an array
ArgumentCountError: Async\Pool::map() expects at least 2 arguments, 1 given
done
