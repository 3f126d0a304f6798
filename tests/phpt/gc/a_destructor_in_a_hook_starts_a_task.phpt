--TEST--
Destructors of what only a pool's hooks, tasks or futures hold may start tasks, whatever lets them go
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

/** Starts a task at its end, and waits for another. */
final class Last
{
    public function __construct(private string $name, private Notes $notes) {}

    public function __destruct()
    {
        async(fn() => $this->notes->write($this->name));
        await(async(fn() => null));
        $pool = new Pool();
        $pool[] = fn() => 1;
        await($pool);
        gc_collect_cycles();
    }
}

/** @param callable(Pool, Last, Gate): void $fill */
function ran(string $name, callable $fill): void
{
    $notes = new Notes();
    $gate = new Gate();
    (function () use ($name, $fill, $notes, $gate) {
        $fill(new Pool(), new Last($name, $notes), $gate);
    })();
    $gate->open(9);
    // Whoever lets go of it, and when: at an interrupt, in an await, or in a collection.
    for ($deadline = hrtime(true) + 10e9; hrtime(true) < $deadline;) {
        await(async(fn() => null));
        gc_collect_cycles();
        if ($seen = $notes->all()) {
            break;
        }
    }
    check($name, $seen === [$name], $seen);
}

$kept = [];
foreach ([1, 0] as $tasks) {
    ran("a hook for the child, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->onFork(child: fn() => $last)->add(fn() => $gate->pass());
    });
    ran("a hook for the parent, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->onFork(parent: fn() => $last)->add(fn() => $gate->pass());
    });
    ran("a task, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->add(function () use ($last, $gate) { $gate->pass(); });
    });
    ran("a handler, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->add(fn() => $gate->pass())->then(fn() => $last ? null : 1);
    });
    ran("a value, $tasks", function ($pool, $last, $gate) use ($tasks, &$kept) {
        $kept[] = $pool->tasksPerChild($tasks)->add(fn() => $gate->pass())->then(fn() => $last)->then(fn() => 1);
    });
    ran("a value that is forgotten, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->add(fn() => 1)->then(fn() => $last);
        await($pool);
        unset($last);
        $pool->clearResults();
    });
    ran("a future that is cleared, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->add(fn() => 1)->then(fn() => $last);
        await($pool);
        unset($last);
        $pool->clearFinished();
    });
    ran("a task that is cancelled, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->concurrency(1)->tasksPerChild($tasks)->add(fn() => $gate->pass());
        $pool['next'] = fn() => $last;
        unset($last, $pool['next']);
    });
    ran("a task that is run again, $tasks", function ($pool, $last, $gate) use ($tasks) {
        $pool->tasksPerChild($tasks)->retry(2)->add(function () use ($last) { throw new Exception('no'); })
            ->catch(fn() => $last ? 1 : 2);
    });
}
ran('items of a map', function ($pool, $last, $gate) {
    foreach ($pool->map([[$last], 2], fn() => 1) as $n);
});
ran('items of a map that is left', function ($pool, $last, $gate) {
    $items = (function () use ($last) {
        try {
            yield 1;
            yield from range(1, 1e6);
        } finally {
            $last = null;
        }
    })();
    unset($last);
    foreach ($pool->map($items, fn() => 1) as $n) {
        break;
    }
});
?>
--EXPECT--
a hook for the child, 1: yes
a hook for the parent, 1: yes
a task, 1: yes
a handler, 1: yes
a value, 1: yes
a value that is forgotten, 1: yes
a future that is cleared, 1: yes
a task that is cancelled, 1: yes
a task that is run again, 1: yes
a hook for the child, 0: yes
a hook for the parent, 0: yes
a task, 0: yes
a handler, 0: yes
a value, 0: yes
a value that is forgotten, 0: yes
a future that is cleared, 0: yes
a task that is cancelled, 0: yes
a task that is run again, 0: yes
items of a map: yes
items of a map that is left: yes
