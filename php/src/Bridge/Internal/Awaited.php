<?php

declare(strict_types=1);

namespace Async\Bridge\Internal;

use Async\CancelledException;
use Async\Future;
use Async\Pool;
use Async\Status;

/**
 * What is waited for: a future, a pool, or several of these with keys, as {@see \Async\await()} takes them.
 *
 * @internal
 */
final class Awaited
{
    /** In nanoseconds: what takes longer goes on in the next turn of the loop, though all may have ended. */
    private const LONGEST_TURN = 1_000_000;

    /** @var Future<mixed>|Pool<mixed>|list<array{int|string, self}> */
    private readonly Future|Pool|array $what;

    /** @var \Generator<int, Future<mixed>, mixed, void>|null */
    private ?\Generator $unfinished = null;

    /**
     * @param Future<mixed>|Pool<mixed>|iterable<mixed> $what
     */
    public function __construct(Future|Pool|iterable $what)
    {
        if (!is_iterable($what) || $what instanceof Pool) {
            $this->what = $what;
            return;
        }
        $all = [];
        foreach ($what as $key => $one) {
            if (!$one instanceof Future && !is_iterable($one)) {
                throw new \TypeError('What is awaited must contain only values of type Async\Future|Async\Pool|iterable, ' . get_debug_type($one) . ' given');
            }
            $all[] = [$key, new self($one)];
        }
        $this->what = $all;
    }

    /**
     * Starts all that wait to be added to a pool.
     */
    public function start(): void
    {
        foreach ($this->futures() as $future) {
            self::begin($future);
        }
    }

    /**
     * @param Future<mixed> $future
     */
    public static function begin(Future $future): void
    {
        if ($future->status() === Status::Pending) {
            $future->start();
        }
    }

    /**
     * Whether it has ended, and its handlers have run.
     *
     * @param Future<mixed> $future
     */
    public static function isFinished(Future $future): bool
    {
        return match ($future->status()) {
            Status::Pending, Status::Queued, Status::Running => false,
            default => \Async\select([$future], 0.0) !== [],
        };
    }

    /**
     * One that has not ended, or whose handlers have not run: who is given it waits for it, in the loop, and asks for the next
     * one then. When there is none, all have ended, also those that were added meanwhile.
     *
     * @return Future<mixed>|null
     */
    public function next(): ?Future
    {
        if ($this->unfinished === null) {
            $this->unfinished = $this->unfinished();
        } else {
            $this->unfinished->next();
        }
        return $this->unfinished->current();
    }

    /**
     * The value or the values, when all have ended. It does not wait until their processes are gone, as `Async\await()` does.
     *
     * @param bool $isCancelled {@see cancel()} was called: if it was in time for one of them, that is the failure
     *
     * @throws \Throwable the first failure
     */
    public function outcome(bool $isCancelled = false): mixed
    {
        $cancellation = $isCancelled ? $this->cancellation() : null;
        try {
            $value = $this->value();
        } catch (\Throwable $failure) {
            throw $cancellation ?? $failure;
        }
        return $cancellation === null ? $value : throw $cancellation;
    }

    /**
     * Ends what has not ended.
     */
    public function cancel(?float $grace): void
    {
        if ($this->what instanceof Future) {
            $this->what->cancel($grace);
        } elseif ($this->what instanceof Pool) {
            $this->cancelPool($this->what, $grace);
        } else {
            foreach ($this->what as [, $one]) {
                $one->cancel($grace);
            }
        }
    }

    /**
     * The failure of the first that was cancelled, unless it was handled.
     */
    private function cancellation(): ?CancelledException
    {
        foreach ($this->futures() as $future) {
            $error = $future->error();
            if ($error instanceof CancelledException) {
                return $error;
            }
        }
        return null;
    }

    private function value(): mixed
    {
        if ($this->what instanceof Future) {
            return $this->what->await();
        }
        if ($this->what instanceof Pool) {
            return $this->what->wait(static fn(): bool => true);
        }
        $values = [];
        $failure = null;
        foreach ($this->what as [$key, $one]) {
            try {
                $values[$key] = $one->value();
            } catch (\Throwable $throwable) {
                $failure ??= $throwable;
            }
        }
        return $failure === null ? $values : throw $failure;
    }

    /**
     * @return \Generator<int, Future<mixed>, mixed, void>
     */
    private function unfinished(): \Generator
    {
        $turn = hrtime(true);
        do {
            $waited = false;
            foreach ($this->futures() as $future) {
                // Again and again: a handler may have returned a future.
                while (!($isFinished = self::isFinished($future)) || hrtime(true) - $turn > self::LONGEST_TURN) {
                    $waited = $waited || !$isFinished;
                    yield $future;
                    $turn = hrtime(true);
                }
            }
        } while ($waited);
    }

    /**
     * @param Pool<mixed> $pool
     */
    private function cancelPool(Pool $pool, ?float $grace): void
    {
        if ($grace === null) {
            $pool->cancel();
            return;
        }
        $pool->stop();
        foreach ($pool->getInProgress() as $future) {
            $future->cancel($grace);
        }
    }

    /**
     * All, of all levels.
     *
     * @return iterable<Future<mixed>>
     */
    private function futures(): iterable
    {
        if ($this->what instanceof Future) {
            yield $this->what;
        } elseif ($this->what instanceof Pool) {
            foreach ($this->what->keys() as $key) {
                // It may be gone by now.
                if (isset($this->what[$key])) {
                    yield $this->what[$key];
                }
            }
        } else {
            foreach ($this->what as [, $one]) {
                yield from $one->futures();
            }
        }
    }
}
