<?php

declare(strict_types=1);

namespace Async\Bridge\Amp;

use Amp\Cancellation;
use Amp\CancelledException as AmpCancelledException;
use Amp\DeferredFuture;
use Amp\Future as AmpFuture;
use Async\Bridge\Internal\Awaited;
use Async\Bridge\Internal\Waiters;
use Async\Bridge\Revolt\Loop;
use Async\CancelledException;
use Async\Future;
use Async\Pool;

/**
 * Gives a future of Amp that completes with the value, or the values under their keys, or errors with the first failure, as the
 * very class that the task threw. It may be awaited, combined and cancelled as Amp's futures are.
 *
 * A cancellation that is given here ends the task, as {@see Future::cancel()} does; the future then errors with Amp's
 * `CancelledException`, when the task has ended. One that is given to `AmpFuture::await()` ends only the waiting there.
 *
 * @template T
 * @template K of array-key
 *
 * @param Future<T>|Pool<T>|iterable<K, Future<T>|Pool<T>|iterable<array-key, mixed>> $what what to wait for
 * @param float|null $grace seconds that a task has to end by itself when it was cancelled; its value counts then, if it
 *     returns one. null: it is not asked
 *
 * @return ($what is Future ? AmpFuture<T> : AmpFuture<array<K, T>>)
 *
 * @throws \Async\AsyncError in a task: the loop there is a copy of its parent's, and must not run
 */
function toFuture(Future|Pool|iterable $what, ?Cancellation $cancellation = null, ?float $grace = null): AmpFuture
{
    Waiters::refuseInTask(__FUNCTION__);
    $awaited = new Awaited($what);
    $reason = null;
    $subscription = $cancellation?->subscribe(static function (AmpCancelledException $why) use ($awaited, $grace, &$reason): void {
        $reason = $why;
        $awaited->cancel($grace);
    });
    if (!$cancellation?->isRequested()) {
        $awaited->start();
    }
    $deferred = new DeferredFuture();
    Loop::waiters()->addAll($awaited, static function (?\Throwable $failure) use ($awaited, $cancellation, $subscription, $deferred, &$reason): void {
        if ($subscription !== null) {
            $cancellation?->unsubscribe($subscription);
        }
        try {
            $deferred->complete($failure === null ? $awaited->outcome($reason !== null) : throw $failure);
        } catch (CancelledException $cancelled) {
            $deferred->error($reason ?? $cancelled);
        } catch (\Throwable $throwable) {
            $deferred->error($throwable);
        }
    });
    return $deferred->getFuture();
}

/**
 * Waits, and suspends the fiber meanwhile: {@see toFuture()}, awaited. In a task it waits as {@see \Async\await()} does, and
 * the cancellation is not heard.
 *
 * @template T
 * @template K of array-key
 *
 * @param Future<T>|Pool<T>|iterable<K, Future<T>|Pool<T>|iterable<array-key, mixed>> $what what to wait for
 * @param float|null $grace as for {@see toFuture()}
 *
 * @return ($what is Future ? T : array<K, T>)
 *
 * @throws \Throwable the first unhandled failure, as the very class that the task threw
 * @throws AmpCancelledException when $cancellation has ended the task
 */
function await(Future|Pool|iterable $what, ?Cancellation $cancellation = null, ?float $grace = null): mixed
{
    return Waiters::inTask() ? \Async\await($what) : toFuture($what, $cancellation, $grace)->await();
}
