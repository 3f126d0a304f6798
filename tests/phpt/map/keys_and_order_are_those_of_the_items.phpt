--TEST--
map() gives a result for each item, under its key and in the order of the items: of arrays with and without holes, and of generators
--FILE--
<?php
use Async\Pool;
use function Async\map;

echo json_encode(map([1, 2, 'a' => 3, 7 => 4], fn($x) => $x * 10, 2)), "\n";
$holes = range(0, 9);
unset($holes[0], $holes[4], $holes[5]);
echo json_encode(map($holes, fn($x) => -$x, 3)), "\n";
function pairs(int $count): Generator
{
    for ($i = 0; $i < $count; $i++) {
        yield "k$i" => [$i, "v$i"];
    }
}
$expected = [];
foreach (pairs(3000) as $key => $pair) {
    $expected[$key] = implode(' ', $pair);
}
var_dump(map(pairs(3000), fn($pair) => implode(' ', $pair), 2) === $expected);
$pool = Pool::create()->concurrency(2);
var_dump(iterator_to_array($pool->map(pairs(3000), fn($pair) => implode(' ', $pair))) === $expected);
$unordered = iterator_to_array($pool->map(pairs(3000), fn($pair) => implode(' ', $pair), false));
ksort($unordered);
ksort($expected);
var_dump($unordered === $expected);
var_dump(map([], fn($x) => $x), map(new EmptyIterator(), fn($x) => $x));
?>
--EXPECT--
{"0":10,"1":20,"a":30,"7":40}
{"1":-1,"2":-2,"3":-3,"6":-6,"7":-7,"8":-8,"9":-9}
bool(true)
bool(true)
bool(true)
array(0) {
}
array(0) {
}
