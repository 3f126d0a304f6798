--TEST--
Warm workers end at the end of a map, after stop() and cancel(), and with their pool: whoever waits for what they hold goes on
--INI--
async.idle_timeout=0
--FILE--
<?php
use Async\Pool;
use function Async\{await, map};

require __DIR__ . '/../../support/sync.php';

$ways = [
    'a map' => fn() => map([1, 2, 3], abs(...)),
    'a map of a pool' => fn(Pool $pool) => iterator_to_array($pool->map([1, 2, 3], abs(...))),
    'a map of a pool that is left early' => function (Pool $pool) {
        foreach ($pool->map(range(1, 100), abs(...)) as $value) {
            break;
        }
    },
    'a map of a pool of warm workers' => fn(Pool $pool) => iterator_to_array($pool->tasksPerChild(0)->map([1, 2, 3], abs(...))),
    'stop()' => fn(Pool $pool) => [await([$pool->tasksPerChild(0)->add(fn() => 1)]), $pool->stop()],
    'cancel()' => fn(Pool $pool) => [await([$pool->tasksPerChild(0)->add(fn() => 1)]), $pool->cancel()],
    'stop() after warm()' => fn(Pool $pool) => $pool->warm()->stop(),
    'cancel() after warm()' => fn(Pool $pool) => $pool->warm(1)->cancel(),
    'tasksPerChild(1) after warm()' => fn(Pool $pool) => $pool->warm()->tasksPerChild(1),
    'tasksPerChild(1)' => fn(Pool $pool) => [await([$pool->tasksPerChild(0)->add(fn() => 1)]), $pool->tasksPerChild(1)],
];
foreach ($ways as $name => $way) {
    $program = popen('cat >/dev/null', 'w'); // ends when nobody has a copy of this end any more
    $pool = Pool::create()->concurrency(2);
    $way($pool);
    pclose($program);
    echo "$name: they have left\n";
}
$program = popen('cat >/dev/null', 'w');
$pool = Pool::create()->tasksPerChild(0);
$pool->warm();
unset($pool);
pclose($program);
echo "unset(): they have left\n";
?>
--EXPECT--
a map: they have left
a map of a pool: they have left
a map of a pool that is left early: they have left
a map of a pool of warm workers: they have left
stop(): they have left
cancel(): they have left
stop() after warm(): they have left
cancel() after warm(): they have left
tasksPerChild(1) after warm(): they have left
tasksPerChild(1): they have left
unset(): they have left
