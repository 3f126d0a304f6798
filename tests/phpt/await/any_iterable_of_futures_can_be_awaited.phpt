--TEST--
Any iterable of futures can be awaited: generators, iterators, a pool's foreach
--FILE--
<?php
use function Async\{async, await};

$generator = (function () {
    yield 'x' => async(fn() => 1);
    yield 'y' => async(fn() => 2);
})();
echo json_encode(await($generator)), "\n";
echo json_encode(await(new ArrayIterator(['k' => async(fn() => 3)]))), "\n";
echo json_encode(await(new ArrayObject([async(fn() => 4)]))), "\n";
?>
--EXPECT--
{"x":1,"y":2}
{"k":3}
[4]
