--TEST--
After a map of a pool whose children do not stay otherwise tasks have a child of their own again, and the next map works
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(2);
for ($round = 0; $round < 3; $round++) {
    echo implode(' ', iterator_to_array($pool->map([1, 2, 3], fn(int $n) => $n + $round))), "\n";
    $pids = [];
    for ($i = 0; $i < 3; $i++) {
        $future = $pool->add(getmypid(...));
        $pids[] = await($future);
        echo $future->route()->name, ' ';
    }
    echo count(array_unique($pids)), "\n";
}

// Tasks that were added during the map run in its children; they go when all is done.
$program = popen('cat >/dev/null', 'w');
$results = $pool->map([1, 2, 3], fn(int $n) => $n);
$meanwhile = $pool->add(fn() => 'meanwhile');
foreach ($results as $value) {
    echo "$value ";
}
echo await($meanwhile), "\n";
$pool->wait();
pclose($program);
$future = $pool->add(fn() => 'isolated');
echo await($future), ' ', $future->route()->name, "\n";
echo $pool->tasksPerChild(0)->add(fn() => 'stays')->await(), "\n";
?>
--EXPECT--
1 2 3
Forked Forked Forked 3
2 3 4
Forked Forked Forked 3
3 4 5
Forked Forked Forked 3
1 2 3 meanwhile
isolated Forked
stays
