<?php

declare(strict_types=1);

namespace Async\Bridge;

use Async\{AsyncError, CancelledException, Status, TimeoutException};

/**
 * The handle of one task of a {@see RemotePool}. It has the manners of an `Async\Future`; its handlers run in calls that wait, and in
 * {@see RemotePool::tick()}.
 *
 * @template-covariant T
 */
final class RemoteFuture
{
    private Status $status = Status::Queued;
    private mixed $value = null;
    private ?\Throwable $error = null;
    private bool $isSeen = false;
    private bool $isRunning = false;
    private ?float $limit = null;

    /** @var list<array{string, \Closure}> that have not run */
    private array $handlers = [];

    /** @internal how often it was sent because it had failed, and the first time */
    public int $attempts = 0;

    /**
     * @internal
     */
    public function __construct(private readonly RemotePool $pool, private readonly int|string $key)
    {
    }

    public function __destruct()
    {
        if ($this->error !== null && !$this->isSeen && !$this->error instanceof CancelledException) {
            trigger_error("Task '$this->key' has failed, and nobody has asked: " . $this->error::class . ": {$this->error->getMessage()}", E_USER_WARNING);
        }
    }

    /**
     * Has a function called with the value; what it returns, unless it is null, is the value from then on.
     *
     * @return $this
     */
    public function then(callable $fn): self
    {
        return $this->add('then', $fn(...));
    }

    /**
     * Has a function called with a failure that its first parameter takes; what it returns is the value.
     *
     * @return $this
     */
    public function catch(callable $fn): self
    {
        return $this->add('catch', $fn(...));
    }

    /**
     * @return $this
     */
    public function finally(callable $fn): self
    {
        return $this->add('finally', $fn(...));
    }

    /**
     * Sets how many seconds the task may run, in its worker, before it is sent; or has a function called when that was not enough.
     *
     * @return $this
     */
    public function timeout(callable|float|int $limit): self
    {
        if (is_callable($limit)) {
            return $this->add('timeout', $limit(...));
        }
        if (!($limit > 0)) {
            throw new \ValueError(__METHOD__ . '(): Argument #1 ($limit) must be greater than 0');
        }
        $this->limit = (float) $limit;
        return $this;
    }

    /**
     * Waits for it no more. A task that was sent runs nevertheless, and what it gives is dropped.
     */
    public function cancel(): bool
    {
        if ($this->isFinished()) {
            return false;
        }
        $this->pool->forget($this);
        $this->settle(Status::Cancelled, null, new CancelledException("Task '$this->key' was cancelled"));
        return true;
    }

    /**
     * @return T
     *
     * @throws \Throwable its failure
     * @throws TimeoutException when there is no result in time; the task goes on
     * @throws BrokerException when the broker is away for longer than the pool's patience
     */
    public function await(?float $timeout = null): mixed
    {
        if ($this->isRunning) {
            throw new AsyncError('A future cannot be awaited in a handler of its own');
        }
        if (!$this->pool->waitFor(fn() => $this->isFinished(), $timeout)) {
            throw new TimeoutException("no result of task '$this->key' within $timeout s; it goes on");
        }
        $this->isSeen = true;
        return $this->error === null ? $this->value : throw $this->error;
    }

    public function __invoke(): mixed
    {
        return $this->await();
    }

    /** How the task itself has ended, whatever handlers have made of it. Running: it was sent. */
    public function status(): Status
    {
        return $this->status;
    }

    /** The failure that no handler has handled. */
    public function error(): ?\Throwable
    {
        $this->isSeen = true;
        return $this->error;
    }

    public function key(): int|string
    {
        return $this->key;
    }

    public function attempts(): int
    {
        return $this->attempts;
    }

    public function isFinished(): bool
    {
        return !in_array($this->status, [Status::Queued, Status::Running], true);
    }

    /**
     * @internal
     */
    public function limit(): ?float
    {
        return $this->limit;
    }

    /**
     * @internal
     */
    public function sent(): void
    {
        $this->status = Status::Running;
    }

    /**
     * @internal
     */
    public function settle(Status $status, mixed $value, ?\Throwable $error): void
    {
        $this->status = $status;
        $this->value = $value;
        $this->error = $error;
        $this->runHandlers();
    }

    private function add(string $kind, \Closure $fn): self
    {
        $this->handlers[] = [$kind, $fn];
        if ($this->isFinished() && !$this->isRunning) {
            $this->runHandlers();
        }
        return $this;
    }

    private function runHandlers(): void
    {
        $this->isRunning = true;
        while ($this->handlers !== []) {
            [$kind, $fn] = array_shift($this->handlers);
            try {
                if ($kind === 'finally') {
                    $fn();
                } elseif ($kind === 'then' && $this->error === null) {
                    $this->value = $fn($this->value) ?? $this->value;
                } elseif ($this->error !== null && self::takes($kind, $fn, $this->error)) {
                    [$error, $this->error] = [$this->error, null];
                    $this->value = $fn($error);
                }
            } catch (\Throwable $thrown) {
                $this->error = $thrown;
            }
        }
        $this->isRunning = false;
    }

    private static function takes(string $kind, \Closure $fn, \Throwable $error): bool
    {
        if ($kind !== 'catch') {
            return $kind === 'timeout' && $error instanceof TimeoutException;
        }
        $type = ((new \ReflectionFunction($fn))->getParameters()[0] ?? null)?->getType();
        $types = $type instanceof \ReflectionUnionType ? $type->getTypes() : array_filter([$type]);
        foreach ($types as $one) {
            if ($one instanceof \ReflectionNamedType && ($one->isBuiltin() ? $one->getName() === 'mixed' : is_a($error, $one->getName()))) {
                return true;
            }
        }
        return $types === [];
    }
}
