--TEST--
Several pools at once all end: filled in turns, made in a handler, made in a child (pain 29)
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pools = [];
for ($p = 0; $p < 5; $p++) {
    $pools[$p] = Pool::create()->concurrency(2);
}
for ($i = 0; $i < 6; $i++) {
    foreach ($pools as $p => $pool) {
        $pool[] = fn() => "$p$i";
    }
}
$inner = new Pool();
$pools[4]['handler'] = async(fn() => 'outer')->then(function (string $value) use ($inner) {
    $inner[] = fn() => "inner of $value";
});
$pools[3]['child'] = function () {
    $own = new Pool();
    $own['x'] = fn() => 'from a pool in a child';
    return await($own)['x'];
};
foreach ($pools as $pool) {
    echo implode(' ', await($pool)), "\n";
}
echo implode(' ', await($inner)), "\n";
?>
--EXPECT--
00 01 02 03 04 05
10 11 12 13 14 15
20 21 22 23 24 25
30 31 32 33 34 35 from a pool in a child
40 41 42 43 44 45 outer
inner of outer
