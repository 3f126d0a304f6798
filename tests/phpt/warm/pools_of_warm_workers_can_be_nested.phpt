--TEST--
Pools of warm workers work in tasks of such workers, as deep as one likes, and beside each other
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

function three(Closure $task): array
{
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    for ($i = 0; $i < 3; $i++) {
        $pool[] = fn() => $task($i);
    }
    return await($pool);
}

echo json_encode(three(fn($i) => three(fn($j) => three(fn($k) => $i * 100 + $j * 10 + $k)))), "\n";
$pools = [];
$alone = async(fn() => 'alone');
for ($p = 0; $p < 4; $p++) {
    $pools[$p] = Pool::create()->concurrency(2)->tasksPerChild($p % 2);
    for ($i = 0; $i < 50; $i++) {
        $pools[$p][] = fn() => "$p $i";
    }
}
foreach ($pools as $p => $pool) {
    echo await($pool) === array_map(fn($i) => "$p $i", range(0, 49)) ? 'right ' : 'wrong ';
}
echo await($alone), "\n";
// A pool that a task leaves in a global is there for the next one.
$pool = warm();
sent($pool, function () { $GLOBALS['inner'] = warm(); });
echo sent($pool, fn() => $GLOBALS['inner']->add(fn() => 'inner')->await()), "\n";
?>
--EXPECT--
[[[0,1,2],[10,11,12],[20,21,22]],[[100,101,102],[110,111,112],[120,121,122]],[[200,201,202],[210,211,212],[220,221,222]]]
right right right right alone
"inner" (Sent)
