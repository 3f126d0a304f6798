--TEST--
With async.max_children=1 tasks in tasks in tasks all end: one that waits for its own lends it its place
--INI--
async.max_children=1
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

function tree(int $depth): int
{
    if ($depth === 0) {
        return 1;
    }
    $pool = new Pool();
    for ($i = 0; $i < 3; $i++) {
        $pool[] = fn() => tree($depth - 1);
    }
    return array_sum(await($pool));
}

echo tree(3), "\n", await(async(fn() => 'and on')), "\n";
?>
--EXPECT--
27
and on
