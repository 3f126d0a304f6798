<?php

declare(strict_types=1);

/*
 * Stands for amphp/amp 3, which Debian does not have: its published interface as far as the bridge and its tests use it.
 */

namespace Amp;

use Revolt\EventLoop;

interface Cancellation
{
    public function subscribe(\Closure $callback): string;

    public function unsubscribe(string $id): void;

    public function isRequested(): bool;

    public function throwIfRequested(): void;
}

class CancelledException extends \Exception
{
    public function __construct(?\Throwable $previous = null)
    {
        parent::__construct('The operation was cancelled', 0, $previous);
    }
}

class TimeoutException extends \Exception
{
}

/** @internal */
final class RequestedCancellation implements Cancellation
{
    /** @var array<string, \Closure> */
    private array $callbacks = [];

    private int $last = 0;

    private ?CancelledException $reason = null;

    public function request(?\Throwable $previous): void
    {
        if ($this->reason === null) {
            $this->reason = new CancelledException($previous);
            foreach ($this->callbacks as $callback) {
                EventLoop::queue($callback, $this->reason);
            }
            $this->callbacks = [];
        }
    }

    public function subscribe(\Closure $callback): string
    {
        $id = 'c' . ++$this->last;
        if ($this->reason === null) {
            $this->callbacks[$id] = $callback;
        } else {
            EventLoop::queue($callback, $this->reason);
        }
        return $id;
    }

    public function unsubscribe(string $id): void
    {
        unset($this->callbacks[$id]);
    }

    public function isRequested(): bool
    {
        return $this->reason !== null;
    }

    public function throwIfRequested(): void
    {
        if ($this->reason !== null) {
            throw $this->reason;
        }
    }
}

final class DeferredCancellation
{
    private readonly RequestedCancellation $cancellation;

    public function __construct()
    {
        $this->cancellation = new RequestedCancellation();
    }

    public function getCancellation(): Cancellation
    {
        return $this->cancellation;
    }

    public function cancel(?\Throwable $previous = null): void
    {
        $this->cancellation->request($previous);
    }
}

final class TimeoutCancellation implements Cancellation
{
    private readonly RequestedCancellation $cancellation;

    private readonly string $timer;

    public function __construct(float $timeout, string $message = 'Operation timed out')
    {
        $this->cancellation = $cancellation = new RequestedCancellation();
        $this->timer = EventLoop::unreference(EventLoop::delay($timeout, static fn() => $cancellation->request(new TimeoutException($message))));
    }

    public function __destruct()
    {
        EventLoop::cancel($this->timer);
    }

    public function subscribe(\Closure $callback): string
    {
        return $this->cancellation->subscribe($callback);
    }

    public function unsubscribe(string $id): void
    {
        $this->cancellation->unsubscribe($id);
    }

    public function isRequested(): bool
    {
        return $this->cancellation->isRequested();
    }

    public function throwIfRequested(): void
    {
        $this->cancellation->throwIfRequested();
    }
}

final class Future
{
    /** @var \Closure(\Closure(?\Throwable, mixed): void): \Closure */
    private readonly \Closure $subscribe;

    /** @internal */
    public function __construct(\Closure $subscribe)
    {
        $this->subscribe = $subscribe;
    }

    public function await(?Cancellation $cancellation = null): mixed
    {
        $suspension = EventLoop::getSuspension();
        $end = static function (?\Throwable $error, mixed $value = null) use (&$suspension): void {
            $waiting = $suspension;
            $suspension = null;
            $error === null ? $waiting?->resume($value) : $waiting?->throw($error);
        };
        $leave = ($this->subscribe)($end);
        $id = $cancellation?->subscribe(static fn(CancelledException $reason) => $end($reason));
        try {
            return $suspension->suspend();
        } finally {
            $leave();
            if ($id !== null) {
                $cancellation->unsubscribe($id);
            }
        }
    }
}

final class DeferredFuture
{
    /** @var list<\Closure> */
    private array $callbacks = [];

    /** @var array{?\Throwable, mixed}|null */
    private ?array $outcome = null;

    public function complete(mixed $value = null): void
    {
        $this->end(null, $value);
    }

    public function error(\Throwable $throwable): void
    {
        $this->end($throwable, null);
    }

    public function isComplete(): bool
    {
        return $this->outcome !== null;
    }

    public function getFuture(): Future
    {
        return new Future(function (\Closure $callback): \Closure {
            if ($this->outcome !== null) {
                EventLoop::queue($callback, ...$this->outcome);
                return static fn() => null;
            }
            $this->callbacks[] = $callback;
            $place = array_key_last($this->callbacks);
            return function () use ($place): void {
                unset($this->callbacks[$place]);
            };
        });
    }

    private function end(?\Throwable $error, mixed $value): void
    {
        if ($this->outcome !== null) {
            throw new \Error('Operation is no longer pending');
        }
        $this->outcome = [$error, $value];
        foreach ($this->callbacks as $callback) {
            EventLoop::queue($callback, $error, $value);
        }
        $this->callbacks = [];
    }
}
