<?php

declare(strict_types=1);

namespace Async\Bridge\Revolt;

use Async\Bridge\Internal\Arrivals;
use Async\Bridge\Internal\Awaited;
use Async\Bridge\Internal\Limit;
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
    $limit = new Limit(__FUNCTION__, $timeout);
    $awaited = new Awaited($what);
    $awaited->start();
    while (($future = $awaited->next()) !== null) {
        if (!Loop::suspend(static fn(\Closure $resume) => Loop::waiters()->add($future, $resume), $limit->left())) {
            throw new TimeoutException("no result within $timeout s; what was awaited goes on");
        }
    }
    return $awaited->outcome();
}

/**
 * Gives each future once, with its key, in the order in which they end, as `foreach` over a pool does, and suspends the fiber
 * meanwhile. Of a pool it gives those as well that are added before it has come to the end.
 *
 * @template T
 * @template K of array-key
 *
 * @param Pool<T>|iterable<K, Future<T>> $futures
 *
 * @return \Generator<K, Future<T>, mixed, void>
 */
function iterate(Pool|iterable $futures): \Generator
{
    $arrivals = new Arrivals($futures, Waiters::inTask() ? null : Loop::waiters());
    try {
        while (($next = $arrivals->take()) !== null || !$arrivals->isEmpty()) {
            if ($next !== null) {
                yield $next[0] => $next[1];
            } elseif (Waiters::inTask()) {
                $arrivals->block();
            } else {
                Loop::suspend($arrivals->wait(...));
            }
        }
    } finally {
        $arrivals->leave();
    }
}
