--TEST--
Cycles through iterators of a pool, and through futures that handlers returned, are collected
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Holder
{
    public mixed $held = null;
}

$cycles = [
    'an iterator in a hook' => function (Pool $pool, Holder $holder) {
        $holder->held = $pool->getIterator();
        $pool->onFork(parent: fn() => $holder);
        $pool[] = fn() => 1;
        await($pool);
    },
    'an iterator at a future' => function (Pool $pool, Holder $holder) {
        $pool->add(fn() => 1)->then(fn() => $holder);
        $pool->add(fn() => 2)->then(fn() => $holder);
        $holder->held = $pool->getIterator();
        $holder->held->rewind();
        $holder->held->next();
        await($pool);
    },
    'an iterator at what is cleared away' => function (Pool $pool, Holder $holder) {
        $pool->add(fn() => 1)->then(fn() => $holder);
        $pool->add(fn() => 2)->then(fn() => $holder);
        $holder->held = $pool->getIterator();
        $holder->held->rewind();
        await($pool);
        $pool->clearFinished();
    },
    'a future that a handler returned' => function (Pool $pool, Holder $holder) {
        $inner = $pool->add(fn() => 1)->then(fn() => $holder);
        $holder->held = $pool->add(fn() => 2)->then(fn() => $inner);
        await($pool);
    },
    'a future that follows one that never ends' => function (Pool $pool, Holder $holder) {
        $stopped = Pool::create()->concurrency(1);
        $inner = $stopped->add(fn() => 1);
        $outer = $pool->add(fn() => 2)->then(fn() => $inner)->finally(fn() => $holder);
        $holder->held = [$outer, $stopped];
        await($pool);
    },
    'a handler that holds its own future' => function (Pool $pool, Holder $holder) {
        $holder->held = $pool->add(fn() => throw new LogicException('no'));
        $holder->held->catch(fn(RuntimeException $e) => $holder)->catch(fn(LogicException $e) => [$e, $holder]);
        await($pool);
    },
    'a wait that never came to an end' => function (Pool $pool, Holder $holder) {
        $gate = new Gate();
        $holder->held = $pool->add(fn() => $gate->pass())->then(fn() => $holder);
        failure(fn() => await($holder->held, 0.001));
        $pool->cancel();
        failure($holder->held);
    },
];
foreach ($cycles as $name => $cycle) {
    foreach ([1, 0] as $tasks) {
        $weak = (function () use ($cycle, $tasks) {
            $pool = Pool::create()->tasksPerChild($tasks);
            $holder = new Holder();
            $cycle($pool, $holder);
            return [WeakReference::create($pool), WeakReference::create($holder)];
        })();
        // What is still on its way is let go of when it has come.
        for ($n = 0; $n < 1000 && ($weak[0]->get() || $weak[1]->get()); $n++) {
            gc_collect_cycles();
            await(async(fn() => null));
        }
        check("$name, $tasks", $weak[0]->get() === null && $weak[1]->get() === null);
    }
}
?>
--EXPECT--
an iterator in a hook, 1: yes
an iterator in a hook, 0: yes
an iterator at a future, 1: yes
an iterator at a future, 0: yes
an iterator at what is cleared away, 1: yes
an iterator at what is cleared away, 0: yes
a future that a handler returned, 1: yes
a future that a handler returned, 0: yes
a future that follows one that never ends, 1: yes
a future that follows one that never ends, 0: yes
a handler that holds its own future, 1: yes
a handler that holds its own future, 0: yes
a wait that never came to an end, 1: yes
a wait that never came to an end, 0: yes
