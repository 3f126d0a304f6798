<?php

declare(strict_types=1);

namespace Async\Bridge\React;

use Async\Bridge\Internal\Awaited;
use Async\Bridge\Internal\Waiters;
use Async\Future;
use Async\Pool;
use React\EventLoop\Loop as ReactLoop;
use React\EventLoop\LoopInterface;
use React\Promise\Promise;
use React\Promise\PromiseInterface;

/**
 * Gives a promise of ReactPHP that is fulfilled with the value, or the values under their keys, or rejected with the first
 * failure, as the very class that the task threw.
 *
 * To cancel the promise ends the task, as {@see Future::cancel()} does; the promise is rejected with an
 * {@see \Async\CancelledException} then, when the task has ended.
 *
 * @template T
 * @template K of array-key
 *
 * @param Future<T>|Pool<T>|iterable<K, Future<T>|Pool<T>|iterable<array-key, mixed>> $what what to wait for
 * @param LoopInterface|null $loop null: the global one
 * @param float|null $grace seconds that a task has to end by itself when it was cancelled; its value counts then, if it
 *     returns one. null: it is not asked
 *
 * @return ($what is Future ? PromiseInterface<T> : PromiseInterface<array<K, T>>)
 *
 * @throws \Async\AsyncError in a task: the loop there is a copy of its parent's, and must not run
 */
function toPromise(Future|Pool|iterable $what, ?LoopInterface $loop = null, ?float $grace = null): PromiseInterface
{
    Waiters::refuseInTask(__FUNCTION__);
    $awaited = new Awaited($what);
    $awaited->start();
    $waiters = Loop::waiters($loop ?? ReactLoop::get());
    $isCancelled = false;
    $wait = static function (callable $resolve, callable $reject) use ($waiters, $awaited, &$isCancelled): void {
        $waiters->addAll($awaited, static function (?\Throwable $failure) use ($awaited, $resolve, $reject, &$isCancelled): void {
            try {
                $resolve($failure === null ? $awaited->outcome($isCancelled) : throw $failure);
            } catch (\Throwable $throwable) {
                $reject($throwable);
            }
        });
    };
    $cancel = static function () use ($awaited, $grace, &$isCancelled): void {
        $isCancelled = true;
        $awaited->cancel($grace);
    };
    return new Promise($wait, $cancel);
}
