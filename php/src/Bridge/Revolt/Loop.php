<?php

declare(strict_types=1);

namespace Async\Bridge\Revolt;

use Async\Bridge\Internal\Loop as Contract;
use Async\Bridge\Internal\Waiters;
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
     * Suspends the fiber until $begin's argument is called; false when so many seconds are over before.
     *
     * @param \Closure(\Closure(): void $resume): (\Closure(): void) $begin what it returns is called at the end of the waiting
     */
    public static function suspend(\Closure $begin, ?float $seconds = null): bool
    {
        $suspension = EventLoop::getSuspension();
        $isSuspended = true;
        $resume = static function (bool $inTime) use ($suspension, &$isSuspended): void {
            // Both may come in one turn of the loop.
            if ($isSuspended) {
                $isSuspended = false;
                $suspension->resume($inTime);
            }
        };
        $end = $begin(static fn() => $resume(true));
        $timer = $seconds === null ? null : EventLoop::delay(max(0.0, $seconds), static fn() => $resume(false));
        try {
            return $suspension->suspend();
        } finally {
            $isSuspended = false;
            $end();
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
