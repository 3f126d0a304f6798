--TEST--
Children are recycled by the number of their tasks, by their age, and by the memory that they have
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

foreach ([1, 3, 7] as $n) {
    $pool = Pool::create()->concurrency(1)->tasksPerChild($n);
    for ($i = 0; $i < 21; $i++) {
        $pool[] = fn() => getmypid();
    }
    echo "$n: ", json_encode(array_values(array_count_values($pool->wait()))), "\n";
}
$pool = Pool::create()->concurrency(1)->recycle(tasks: 5);
for ($i = 0; $i < 10; $i++) {
    $pool[] = fn() => getmypid();
}
echo 'recycle(5): ', json_encode(array_values(array_count_values($pool->wait()))), "\n";
$pool = Pool::create()->concurrency(1)->recycle(seconds: 0.02);
for ($i = 0; $i < 4; $i++) {
    $pool[] = function () { usleep(30_000); return getmypid(); };
}
echo 'age: ', json_encode(array_values(array_count_values($pool->wait()))), "\n";
$pool = Pool::create()->concurrency(1)->recycle(bytes: 20_000_000);
for ($i = 0; $i < 10; $i++) {
    $pool[] = function () { $GLOBALS['kept'][] = str_repeat('x', 4_000_000); return getmypid(); };
}
echo 'memory: ', json_encode(array_values(array_count_values($pool->wait()))), "\n";
?>
--EXPECT--
1: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]
3: [3,3,3,3,3,3,3]
7: [7,7,7]
recycle(5): [5,5]
age: [1,1,1,1]
memory: [5,5]
