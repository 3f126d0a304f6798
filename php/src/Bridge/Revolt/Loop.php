<?php

declare(strict_types=1);

namespace Async\Bridge\Revolt;

use Async\Bridge\Internal\Loop as Contract;
use Async\Bridge\Internal\Waiters;
use Async\Future;
use Revolt\EventLoop;
use Revolt\EventLoop\Driver;

/**
 * @internal
 */
final class Loop implements Contract
{
    /** @var \WeakReference<Driver> */
    private readonly \WeakReference $driver;

    /** @var array<int, string> callbacks, by the number of their stream */
    private array $callbacks = [];

    private function __construct(Driver $driver)
    {
        $this->driver = \WeakReference::create($driver);
    }

    public static function waiters(): Waiters
    {
        $driver = EventLoop::getDriver();
        return Waiters::of($driver, static fn() => new self($driver));
    }

    /**
     * Suspends the fiber until the future has ended; false when so many seconds are over before.
     *
     * @param Future<mixed> $future
     */
    public static function suspend(Future $future, ?float $seconds): bool
    {
        $suspension = EventLoop::getSuspension();
        $isSuspended = true;
        $resume = static function (bool $hasEnded) use ($suspension, &$isSuspended): void {
            // The end and the time limit may come in one turn of the loop.
            if ($isSuspended) {
                $isSuspended = false;
                $suspension->resume($hasEnded);
            }
        };
        $leave = self::waiters()->add($future, static fn() => $resume(true));
        $timer = $seconds === null ? null : EventLoop::delay(max(0.0, $seconds), static fn() => $resume(false));
        try {
            return $suspension->suspend();
        } finally {
            $isSuspended = false;
            $leave();
            if ($timer !== null) {
                EventLoop::cancel($timer);
            }
        }
    }

    public function watch(mixed $stream, \Closure $readable): void
    {
        $id = $this->driver->get()?->onReadable($stream, static fn() => $readable());
        if ($id !== null) {
            $this->callbacks[get_resource_id($stream)] = $id;
        }
    }

    public function unwatch(mixed $stream): void
    {
        $id = $this->callbacks[get_resource_id($stream)] ?? null;
        unset($this->callbacks[get_resource_id($stream)]);
        if ($id !== null) {
            $this->driver->get()?->cancel($id);
        }
    }

    public function queue(\Closure $job): void
    {
        $this->driver->get()?->queue($job);
    }
}
