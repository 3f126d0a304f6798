--TEST--
The default concurrency is twice the CPUs, and at least eight: of a pool, and without one
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, cpus};

require __DIR__ . '/../../support/sync.php';

$n = max(8, 2 * cpus());
foreach (['pool', 'no pool'] as $case) {
    $arrived = new Gate();
    $leave = new Gate();
    $task = function () use ($arrived, $leave) { $arrived->open(); $leave->pass(); };
    $pool = $case === 'pool' ? new Pool() : null;
    $futures = [];
    for ($i = 0; $i <= $n; $i++) {
        $futures[] = $pool ? $pool->add($task) : async($task);
    }
    $arrived->pass($n);
    echo $case, ': ', $futures[$n - 1]->status()->name, ', then ', $futures[$n]->status()->name, "\n";
    $leave->open($n + 1);
    await($futures);
    unset($pool);
}
?>
--EXPECT--
pool: Running, then Queued
no pool: Running, then Queued
