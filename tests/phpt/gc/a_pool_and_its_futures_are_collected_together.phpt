--TEST--
A pool is collected together with its futures: of those that are freed before it nothing is read any more
--FILE--
<?php
use Async\Pool;
use function Async\await;

// The collector frees what is garbage in an order of its own: each of them comes before the pool in one of these.
foreach ([1, 0] as $tasks) {
    foreach (['then', 'finally', 'a value', 'nothing'] as $with) {
        foreach ([true, false] as $pool_first) {
            $holder = new stdClass();
            $pool = Pool::create()->concurrency(2)->tasksPerChild($tasks)->onFork(parent: fn() => $holder);
            $holder->held = $pool_first ? [$pool] : [];
            for ($n = 0; $n < 3; $n++) {
                $future = $pool->add($with === 'a value' ? fn() => [$n] : fn() => $n);
                match ($with) {
                    'then' => $future->then(function ($value) use ($holder) { static $runs; $runs = $holder; }),
                    'finally' => $future->finally(function () use ($holder) { static $runs; $runs = $holder; }),
                    default => $holder->own[] = $future,
                };
            }
            if (!$pool_first) {
                $holder->held[] = $pool;
            }
            await($pool);
            unset($future, $pool, $holder);
            echo gc_collect_cycles() > 0 ? '.' : 'nothing was collected';
        }
    }
}
echo "\n";
// At the end of a script all objects are freed, in the order in which they were made.
$pool = Pool::create();
$pool->add(fn() => 1)->finally(function () use ($pool) { static $kept; $kept = $pool; });
await($pool);
?>
--EXPECT--
................
