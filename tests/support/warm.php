<?php

declare(strict_types=1);

/*
 * A pool of warm workers for tests. Its workers are forked before the pool is returned, so closures that the test makes
 * afterwards did not exist at the fork.
 */

use Async\{Future, Pool};

/**
 * A pool whose warm workers have been forked. They stay when they are idle, unless the test has set a time for that: on a
 * busy machine it may take longer between two tasks than the default of 2 s.
 */
function warm(int $children = 1): Pool
{
    $timeout = ini_get('async.idle_timeout');
    if ($timeout === '2') {
        ini_set('async.idle_timeout', '0');
    }
    $pool = Pool::create()->concurrency($children)->tasksPerChild(0);
    $gate = new Gate();
    for ($i = 0; $i < $children; $i++) {
        $pool[] = static fn () => $gate->pass();
    }
    while (count($pool->getInProgress()) < $children) {
        $pool->tick(); // each worker is running one task when all of them are in progress
    }
    ini_set('async.idle_timeout', $timeout);
    $gate->open($children);
    $pool->wait();
    return $pool->clearFinished();
}

/** The result of a task, and the route by which it reached its child, in one line. */
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
