<?php

declare(strict_types=1);

namespace Async\Bridge\Revolt;

use Async\Bridge\Internal\Awaited;
use Async\Bridge\Internal\Waiters;
use Async\Future;
use Async\Pool;
use Async\TimeoutException;

/**
 * Waits as {@see \Async\await()} does, and suspends the fiber that calls it meanwhile: the event loop runs on.
 *
 * Outside of fibers it runs the loop, as a suspension does. In a task, whose loop is a copy of its parent's and must not run,
 * it waits as `Async\await()` does. It does not wait until the processes of what has ended are gone.
 *
 * @template T
 * @template K of array-key
 *
 * @param Future<T>|Pool<T>|iterable<K, Future<T>|Pool<T>|iterable<array-key, mixed>> $what what to wait for
 * @param float|null $timeout seconds to wait; null: as long as it takes
 *
 * @return ($what is Future ? T : array<K, T>)
 *
 * @throws \Throwable the first unhandled failure, as the very class that the task threw
 * @throws TimeoutException when the task, or the waiting, ran out of time; in the latter case the tasks go on
 * @throws \FiberError in a handler: return the future there, it is awaited
 */
function await(Future|Pool|iterable $what, ?float $timeout = null): mixed
{
    if (Waiters::inTask()) {
        return \Async\await($what, $timeout);
    }
    if ($timeout !== null && !($timeout >= 0)) {
        throw new \ValueError(__FUNCTION__ . '(): Argument #2 ($timeout) must be greater than or equal to 0');
    }
    $awaited = new Awaited($what);
    $awaited->start();
    $deadline = $timeout === null ? null : hrtime(true) / 1e9 + $timeout;
    while (($future = $awaited->next()) !== null) {
        if (!Loop::suspend($future, $deadline === null ? null : $deadline - hrtime(true) / 1e9)) {
            throw new TimeoutException("no result within $timeout s; what was awaited goes on");
        }
    }
    return $awaited->outcome();
}
