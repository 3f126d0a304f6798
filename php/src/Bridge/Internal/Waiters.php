<?php

declare(strict_types=1);

namespace Async\Bridge\Internal;

use Async\AsyncError;
use Async\Future;
use Async\Pool;

/**
 * Who waits for which future in one event loop.
 *
 * A future tells its end by a handler, which the extension calls between any two statements of the code that it knows, those
 * of the loop among them. So the handler notes the end and wakes the loop, and nothing else; who waits is told by the loop.
 *
 * @internal
 */
final class Waiters
{
    /** @var \WeakMap<object, self> */
    private static \WeakMap $ofLoops;

    private static bool $inTask = false;

    /** @var resource|null readable while the extension has something to do */
    private mixed $news = null;

    /** @var resource|null readable when a handler has run that this loop did not call */
    private mixed $alarm = null;

    /** @var resource|null the other end */
    private mixed $trigger = null;

    /** @var \WeakMap<Future<mixed>, int> the numbers of futures whose handler has not run */
    private \WeakMap $numbers;

    private int $lastNumber = 0;

    /** @var array<int, array{Future<mixed>, array<int, \Closure(): void>}> by number */
    private array $waiting = [];

    /** @var list<int> the numbers of futures whose handler has run */
    private array $ended = [];

    private bool $ticks = false;

    private function __construct(private readonly Loop $loop, private readonly int $pid)
    {
        $this->numbers = new \WeakMap();
    }

    /**
     * Those of a loop: the same ones for the same $key.
     *
     * @param \Closure(): Loop $loop
     */
    public static function of(object $key, \Closure $loop): self
    {
        self::$ofLoops ??= new \WeakMap();
        $waiters = self::$ofLoops[$key] ?? null;
        $pid = (int) getmypid();
        // An application that forks, to become a daemon, goes on with the loop: nothing of its parent's tasks is news there.
        return $waiters?->pid === $pid ? $waiters : self::$ofLoops[$key] = new self($loop(), $pid);
    }

    /**
     * Whether this process is a task, which has a copy of its parent's loop: with the parent's connections, and not to be run.
     */
    public static function inTask(): bool
    {
        return self::$inTask;
    }

    /**
     * @throws AsyncError in a task
     */
    public static function refuseInTask(string $function): void
    {
        if (self::$inTask) {
            throw new AsyncError("$function() cannot be called in a task: the event loop there is a copy of its parent's, and must not run; use Async\\await()");
        }
    }

    /**
     * From now on this process is a task.
     */
    public static function enterTask(): void
    {
        self::$inTask = true;
    }

    /**
     * Calls $ended once, from the loop, when the future has ended and its handlers up to now have run.
     *
     * @param Future<mixed> $future
     * @param \Closure(): void $ended
     *
     * @return \Closure(): void call it to wait no longer
     */
    public function add(Future $future, \Closure $ended): \Closure
    {
        $number = $this->numbers[$future] ?? null;
        $isNew = $number === null;
        $number ??= ++$this->lastNumber;
        if ($this->waiting === []) {
            $this->watch();
        }
        $this->waiting[$number] ??= [$future, []];
        $this->waiting[$number][1][] = $ended;
        $place = array_key_last($this->waiting[$number][1]);
        if ($isNew) {
            // Noted before, as the handler of a future that has ended may run at once.
            $this->numbers[$future] = $number;
            $this->attach($future, $number);
        }
        return fn() => $this->remove($number, $place);
    }

    /**
     * Calls $finished once when all have ended: with null, or with what a look at them has thrown.
     *
     * @param \Closure(?\Throwable): void $finished
     */
    public function addAll(Awaited $awaited, \Closure $finished): void
    {
        $failure = null;
        try {
            $future = $awaited->next();
            if ($future !== null) {
                $this->add($future, fn() => $this->addAll($awaited, $finished));
                return;
            }
        } catch (\Throwable $failure) {
        }
        $finished($failure);
    }

    private function watch(): void
    {
        if ($this->news === null) {
            $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            if ($pair === false) {
                throw new \RuntimeException('stream_socket_pair() has failed: ' . (error_get_last()['message'] ?? 'no reason given'));
            }
            [$this->alarm, $this->trigger] = $pair;
            stream_set_blocking($this->alarm, false);
            stream_set_blocking($this->trigger, false);
            // A Pool object that stays would change when futures of others start.
            $this->news = Pool::create()->stream();
        }
        $this->loop->watch($this->news, $this->tick(...));
        $this->loop->watch($this->alarm, $this->tick(...));
    }

    /**
     * @param Future<mixed> $future
     */
    private function attach(Future $future, int $number): void
    {
        $reference = \WeakReference::create($future);
        $future->finally(function () use ($number, $reference): void {
            $future = $reference->get();
            if ($future !== null) {
                unset($this->numbers[$future]);
            }
            if ($this->ended === [] && !$this->ticks) {
                fwrite($this->trigger, '.');
            }
            $this->ended[] = $number;
        });
    }

    private function tick(): void
    {
        $this->ticks = true;
        try {
            $first = reset($this->waiting);
            if ($first !== false) {
                // Looks for news of all tasks and runs handlers, whichever future it is asked about.
                \Async\select([$first[0]], 0.0);
            }
        } finally {
            $this->ticks = false;
            fread($this->alarm, 64);
            $ended = $this->ended;
            $this->ended = [];
            foreach ($ended as $number) {
                foreach (array_keys($this->waiting[$number][1] ?? []) as $place) {
                    // Each by itself: it may run the loop until another one has been called.
                    $this->loop->queue(fn() => $this->tell($number, $place));
                }
            }
        }
    }

    private function tell(int $number, int $place): void
    {
        $ended = $this->waiting[$number][1][$place] ?? null;
        $this->remove($number, $place);
        if ($ended !== null) {
            $ended();
        }
    }

    private function remove(int $number, int $place): void
    {
        unset($this->waiting[$number][1][$place]);
        if (($this->waiting[$number][1] ?? null) === []) {
            unset($this->waiting[$number]);
        }
        if ($this->waiting === [] && $this->news !== null) {
            $this->loop->unwatch($this->news);
            $this->loop->unwatch($this->alarm);
        }
    }
}
