<?php

declare(strict_types=1);

/*
 * Stands for react/event-loop 1, which Debian does not have: its published interface as far as the bridge and its tests use it.
 */

namespace React\EventLoop;

interface TimerInterface
{
    public function getInterval();

    public function getCallback();

    public function isPeriodic();
}

interface LoopInterface
{
    public function addReadStream($stream, $listener);

    public function removeReadStream($stream);

    public function addTimer($interval, $callback);

    public function addPeriodicTimer($interval, $callback);

    public function cancelTimer(TimerInterface $timer);

    public function futureTick($listener);

    public function run();

    public function stop();
}

final class Timer implements TimerInterface
{
    public float $at;

    public function __construct(private readonly float $interval, private readonly \Closure $callback, private readonly bool $isPeriodic)
    {
        $this->at = microtime(true) + $interval;
    }

    public function getInterval(): float
    {
        return $this->interval;
    }

    public function getCallback(): callable
    {
        return $this->callback;
    }

    public function isPeriodic(): bool
    {
        return $this->isPeriodic;
    }
}

final class StreamSelectLoop implements LoopInterface
{
    /** @var array<int, array{resource, callable}> */
    private array $readers = [];

    /** @var \SplObjectStorage<Timer, null> */
    private \SplObjectStorage $timers;

    /** @var list<callable> */
    private array $ticks = [];

    private bool $isRunning = false;

    public function __construct()
    {
        $this->timers = new \SplObjectStorage();
    }

    public function addReadStream($stream, $listener): void
    {
        $this->readers[get_resource_id($stream)] ??= [$stream, $listener];
    }

    public function removeReadStream($stream): void
    {
        unset($this->readers[get_resource_id($stream)]);
    }

    public function addTimer($interval, $callback): TimerInterface
    {
        return $this->time(new Timer($interval, $callback, false));
    }

    public function addPeriodicTimer($interval, $callback): TimerInterface
    {
        return $this->time(new Timer($interval, $callback, true));
    }

    public function cancelTimer(TimerInterface $timer): void
    {
        unset($this->timers[$timer]);
    }

    public function futureTick($listener): void
    {
        $this->ticks[] = $listener;
    }

    public function run(): void
    {
        $this->isRunning = true;
        while ($this->isRunning && ($this->ticks || $this->readers || count($this->timers))) {
            for ($count = count($this->ticks); $count > 0 && $this->ticks; $count--) {
                array_shift($this->ticks)();
            }
            foreach (iterator_to_array($this->timers, false) as $timer) {
                if (isset($this->timers[$timer]) && $timer->at <= microtime(true)) {
                    $timer->isPeriodic() ? $timer->at = microtime(true) + $timer->getInterval() : $this->cancelTimer($timer);
                    $timer->getCallback()($timer);
                }
            }
            if ($this->isRunning) {
                $this->select();
            }
        }
    }

    public function stop(): void
    {
        $this->isRunning = false;
    }

    private function time(Timer $timer): Timer
    {
        $this->timers[$timer] = null;
        return $timer;
    }

    private function select(): void
    {
        $next = array_map(static fn(Timer $timer) => $timer->at, iterator_to_array($this->timers, false));
        $seconds = $this->ticks ? 0.0 : ($next ? max(0.0, min($next) - microtime(true)) : null);
        $read = array_column($this->readers, 0);
        if (!$read) {
            usleep((int) (1e6 * ($seconds ?? 0.0)));
            return;
        }
        $write = $except = null;
        $ready = @stream_select($read, $write, $except, $seconds === null ? null : 0, $seconds === null ? null : (int) (1e6 * $seconds));
        foreach ($ready ? $read : [] as $stream) {
            $listener = $this->readers[get_resource_id($stream)][1] ?? null;
            if ($listener !== null) {
                $listener($stream, $this);
            }
        }
    }
}

final class Loop
{
    private static ?LoopInterface $loop = null;

    public static function get(): LoopInterface
    {
        return self::$loop ??= new StreamSelectLoop();
    }

    public static function run(): void
    {
        self::get()->run();
    }

    public static function stop(): void
    {
        self::get()->stop();
    }
}
