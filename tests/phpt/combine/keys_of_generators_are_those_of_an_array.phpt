--TEST--
Keys of generators are taken as those of an array are; all that have the same key are awaited, and the last one has it
--FILE--
<?php
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$task = fn(mixed $value) => async(fn() => $value);
$keys = function () use ($task) {
    yield 'name' => $task(1);
    yield 5 => $task(2);
    yield '6' => $task(3);
    yield $task(4); // gets 6: for a generator "6" is no integer
    yield null => $task(5);
    yield true => $task(6);
    yield 2.0 => $task(7);
};
var_dump(await($keys()) === ['name' => 1, 5 => 2, 6 => 4, '' => 5, 1 => 6, 2 => 7]);

$notes = new Notes();
$twice = function () use ($notes) {
    $part = function (string ...$names) use ($notes) {
        foreach ($names as $name) {
            yield async(function () use ($notes, $name) { $notes->write($name); return $name; });
        }
    };
    yield from $part('a', 'b');
    yield from $part('c');
};
echo json_encode(await($twice())), ' ';
$ran = $notes->all();
sort($ran);
echo implode(' ', $ran), "\n";
echo told(fn() => await((function () {
    yield 0 => async(fn() => throw new DomainException('not lost'));
    yield 0 => async(fn() => 1);
})())), "\n";

echo "-- what an array could not have\n";
foreach ([new stdClass(), [1]] as $key) {
    echo told(fn() => await((function () use ($key) { yield $key => async(fn() => 1); })())), "\n";
    echo told(fn() => settle((function () use ($key) { yield $key => async(fn() => 1); })())), "\n";
}
echo "-- what a generator throws\n";
echo told(fn() => await((function () { yield async(fn() => 1); throw new LogicException('of the generator'); })())), "\n";
?>
--EXPECT--
bool(true)
["c","b"] a b c
DomainException: not lost
-- what an array could not have
TypeError: Async\await(): Argument #1 ($what) must have only keys of type string|int, stdClass given
TypeError: Async\settle(): Argument #1 ($futures) must have only keys of type string|int, stdClass given
TypeError: Async\await(): Argument #1 ($what) must have only keys of type string|int, array given
TypeError: Async\settle(): Argument #1 ($futures) must have only keys of type string|int, array given
-- what a generator throws
LogicException: of the generator
