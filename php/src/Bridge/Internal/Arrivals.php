<?php

declare(strict_types=1);

namespace Async\Bridge\Internal;

use Async\Future;
use Async\Pool;

/**
 * Futures in the order in which they end.
 *
 * @internal
 */
final class Arrivals
{
    /** @var Pool<mixed>|null where more may come from */
    private readonly ?Pool $pool;

    /** @var \WeakMap<Future<mixed>, true> all those of the pool */
    private \WeakMap $known;

    /** @var array<int, mixed> of those that have not been taken, by number */
    private array $keys = [];

    /** @var array<int, Future<mixed>> by number */
    private array $futures = [];

    /** @var list<int> the numbers of those that have ended */
    private array $ended = [];

    /** @var array<int, \Closure(): void> for those that have not: that their end is told no more */
    private array $leave = [];

    private int $lastNumber = 0;

    /** @var (\Closure(): void)|null */
    private ?\Closure $resume = null;

    /**
     * @param Pool<mixed>|iterable<mixed, Future<mixed>> $futures
     * @param Waiters|null $waiters null in a task
     */
    public function __construct(Pool|iterable $futures, private readonly ?Waiters $waiters)
    {
        $this->known = new \WeakMap();
        $this->pool = $futures instanceof Pool ? $futures : null;
        foreach ($futures instanceof Pool ? [] : $futures as $key => $future) {
            if (!$future instanceof Future) {
                throw new \TypeError('What is iterated must contain only values of type Async\Future, ' . get_debug_type($future) . ' given');
            }
            Awaited::begin($future);
            $this->add($key, $future);
        }
    }

    /**
     * The next one that has ended, with its key; null when there is none, and {@see isEmpty()} says whether one may come.
     *
     * @return array{mixed, Future<mixed>}|null
     */
    public function take(): ?array
    {
        if ($this->ended === []) {
            $this->look();
        }
        $number = array_shift($this->ended);
        if ($number === null) {
            return null;
        }
        $taken = [$this->keys[$number], $this->futures[$number]];
        unset($this->keys[$number], $this->futures[$number]);
        return $taken;
    }

    public function isEmpty(): bool
    {
        return $this->futures === [];
    }

    /**
     * Calls $resume when there is one to take.
     *
     * @param \Closure(): void $resume
     *
     * @return \Closure(): void
     */
    public function wait(\Closure $resume): \Closure
    {
        $this->resume = $resume;
        return function (): void {
            $this->resume = null;
        };
    }

    /**
     * Blocks until there is one to take.
     */
    public function block(): void
    {
        $this->ended = array_keys(\Async\select($this->futures));
    }

    public function leave(): void
    {
        foreach ($this->leave as $leave) {
            $leave();
        }
        $this->leave = [];
    }

    /**
     * Looks for what was added to the pool.
     */
    private function look(): void
    {
        foreach ($this->pool?->keys() ?? [] as $key) {
            $future = $this->pool[$key] ?? null;
            if ($future !== null && !isset($this->known[$future])) {
                $this->known[$future] = true;
                $this->add($key, $future);
            }
        }
    }

    /**
     * @param Future<mixed> $future
     */
    private function add(mixed $key, Future $future): void
    {
        $number = ++$this->lastNumber;
        $this->keys[$number] = $key;
        $this->futures[$number] = $future;
        $this->follow($number);
    }

    private function follow(int $number): void
    {
        $future = $this->futures[$number];
        if (Awaited::isFinished($future)) {
            unset($this->leave[$number]);
            $this->ended[] = $number;
            ($this->resume ?? static fn() => null)();
        } elseif ($this->waiters !== null) {
            // Once more then: a handler may have returned a future.
            $this->leave[$number] = $this->waiters->add($future, fn() => $this->follow($number));
        }
    }
}
