<?php

declare(strict_types=1);

/*
 * Children that stay, for tests: a pool of one child that has been forked already, so that what is given to it
 * from here on was made after the fork.
 */

use Async\{Future, Pool};

/** A pool whose children have been forked. */
function warm(int $children = 1): Pool
{
    $pool = Pool::create()->concurrency($children)->tasksPerChild(0);
    $gate = new Gate();
    for ($i = 0; $i < $children; $i++) {
        $pool[] = static fn () => $gate->pass();
    }
    while (count($pool->getInProgress()) < $children) {
        $pool->tick(); // each child has one, so there are so many
    }
    $gate->open($children);
    $pool->wait();
    return $pool->clearFinished();
}

/** What a task gives and how it reached its child, in one line. */
function sent(Pool $pool, callable|Async\Task|Future $task): string
{
    $future = $pool->add($task);
    try {
        $value = $future->await();
        $text = is_object($value) && !$value instanceof UnitEnum ? get_debug_type($value) : json_encode($value);
    } catch (Throwable $e) {
        $text = $e::class . ': ' . $e->getMessage();
    }
    return $text . ' (' . $future->route()?->name . ')';
}
