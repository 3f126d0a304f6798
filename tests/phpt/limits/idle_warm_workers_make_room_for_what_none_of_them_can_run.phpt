--TEST--
Under async.max_children idle warm workers free their permits for a task that none of them can run, in their pool or elsewhere
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$code = <<<'PHP'
    $kept = getenv('KEPT') === '1';
    $n = (int) ini_get('async.max_children');
    /** A pool whose idle children have all the permits. */
    $full = function () use ($n, $kept) {
        $pool = Pool::create()->concurrency(10)->tasksPerChild(0);
        $gate = new Gate();
        for ($i = 0; $i < $n; $i++) {
            $pool[] = fn() => $gate->pass();
        }
        while (count($pool->getInProgress()) < $n) {
            $pool->tick();
        }
        $gate->open($n);
        $pool->wait();
        return $kept ? $pool->warm($n) : $pool;
    };
    $gate = new Gate(); // what is bound to it is known to younger children only

    $pool = $full();
    echo await($pool->add(fn() => $gate ? 'the same pool' : ''), PATIENCE), "\n";
    $pool = null;

    $pool = $full();
    $other = Pool::create()->tasksPerChild(0);
    echo await($other->add(fn() => 'another pool'), PATIENCE), "\n";
    $pool = $other = null;

    $pool = $full();
    echo await(Pool::create()->add(fn() => 'an isolated task'), PATIENCE), "\n";
    $all = [];
    for ($i = 0; $i < 3 * $n; $i++) {
        $all[] = $pool->add(fn() => $gate ? $i : null);
    }
    echo array_sum(await($all, PATIENCE)) === array_sum(range(0, 3 * $n - 1)) ? "many\n" : "wrong\n";
    PHP;
foreach ([1, 2, 5] as $cap) {
    foreach ([0, 1] as $kept) {
        echo "$cap, ", $kept ? 'kept' : 'not kept', "\n", php($code, "-d async.idle_timeout=0 -d async.max_children=$cap", "export KEPT=$kept;");
    }
}
?>
--EXPECT--
1, not kept
the same pool
another pool
an isolated task
many
exit 0
1, kept
the same pool
another pool
an isolated task
many
exit 0
2, not kept
the same pool
another pool
an isolated task
many
exit 0
2, kept
the same pool
another pool
an isolated task
many
exit 0
5, not kept
the same pool
another pool
an isolated task
many
exit 0
5, kept
the same pool
another pool
an isolated task
many
exit 0
