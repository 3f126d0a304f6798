--TEST--
With catch: a failure among a thousand items loses nothing: what the function returns is the value of that item
--FILE--
<?php
use Async\{Pool, ProcessDiedException};
use function Async\{async, map};

require __DIR__ . '/../../support/sync.php';

$fn = fn(int $n) => match (true) {
    $n === 500 => throw new DomainException("no $n"),
    $n === 700 => exit(3),
    default => $n,
};
$catch = fn(Throwable $e, int $item, string $key) => [$e::class, $item, $key];
$items = [];
for ($n = 0; $n < 1000; $n++) {
    $items["k$n"] = $n;
}
$generator = (fn() => yield from $items)(...);
$expected = $items;
$expected['k500'] = [DomainException::class, 500, 'k500'];
$expected['k700'] = [ProcessDiedException::class, 700, 'k700'];
var_dump(map($items, $fn, catch: $catch) === $expected);
var_dump(map($generator(), $fn, 2, $catch) === $expected);
var_dump(iterator_to_array(Pool::create()->map($items, $fn, catch: $catch)) === $expected);
var_dump(iterator_to_array(Pool::create()->map($generator(), $fn, true, $catch)) === $expected);
$any = iterator_to_array(Pool::create()->map($items, $fn, false, $catch));
ksort($any);
ksort($expected);
var_dump($any === $expected);

echo "-- chosen by the type of its parameter, as Future::catch() does; what it throws is the failure\n";
echo told(fn() => map([1, 2], fn($n) => $n === 2 ? throw new LengthException('other') : $n, catch: fn(DomainException $e) => 0)), "\n";
$e = failure(fn() => map([1], fn() => throw new DomainException('first'), catch: fn($e) => throw new LogicException('of catch', 5, $e)));
echo $e::class, ' ', $e->getMessage(), ' ', $e->getPrevious()->getMessage(), "\n";
echo "-- a future is awaited, a pool's retry comes first, and it may use the iterator\n";
echo json_encode(map([1], fn() => throw new DomainException(), catch: fn() => async(fn() => 'awaited'))), "\n";
$file = tempnam(sys_get_temp_dir(), 'attempts');
$calls = 0;
$items = Pool::create()->retry(2)->map([1], function () use ($file) {
    file_put_contents($file, '.', FILE_APPEND);
    throw new DomainException();
}, catch: function () use (&$calls) { return ++$calls; });
echo json_encode(iterator_to_array($items)), ' ', filesize($file), "\n";
unlink($file);
echo "-- bad input\n";
echo told(fn() => map([1], abs(...), null, 'nothing')), "\n";
echo told(fn() => Pool::create()->map([1], abs(...), true, 5)), "\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
-- chosen by the type of its parameter, as Future::catch() does; what it throws is the failure
LengthException: other
LogicException of catch first
-- a future is awaited, a pool's retry comes first, and it may use the iterator
["awaited"]
[1] 3
-- bad input
TypeError: Async\map(): Argument #4 ($catch) must be a valid callback or null, function "nothing" not found or invalid function name
TypeError: Async\Pool::map(): Argument #4 ($catch) must be a valid callback or null, no array or string given
