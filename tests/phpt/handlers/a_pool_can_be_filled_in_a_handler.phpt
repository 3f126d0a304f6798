--TEST--
A pool can be filled in a handler, and await of it waits for those tasks too
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = Pool::create()->concurrency(2);
$pool['first'] = async(fn() => 1)->then(function (int $n) use ($pool) {
    $pool['second'] = fn() => $n + 1;
});
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
{"first":1,"second":2}
