<?php

declare(strict_types=1);

/*
 * Maps of a storm: walked to their end, at once or by and by, left early, stopped, cancelled. Of each item it is planned what
 * becomes of it, and counted how often it has run.
 */

use Async\Pool;

final class Map
{
    private const WAYS = ['whole', 'kept', 'left', 'stopped', 'cancelled'];

    private string $way;
    private Pool $pool;
    private ?Iterator $results;
    private FFI\CData $ran;
    private int $end;
    private bool $ordered;
    private bool $done = false;
    private int $asked = 0;
    private ?int $last = null;

    /** @var list<string> of each item */
    private array $plan = [];

    /** @var list<int> */
    private array $given = [];

    /** @var list<string> */
    private array $problems = [];

    public function __construct()
    {
        $items = mt_rand(0, 3) ? mt_rand(1, 300) : mt_rand(1000, 4000); // of so many not all are taken ahead
        $this->way = self::WAYS[mt_rand(0, count(self::WAYS) - 1)];
        $this->end = mt_rand(0, mt_rand(0, 1) ? $items : min(20, $items));
        $this->ordered = mt_rand(0, 2) > 0;
        $this->ran = self::libc()->cast('uint8_t *', self::libc()->mmap(null, $items, 3, 0x21, -1, 0)); // all processes have it
        for ($i = 0; $i < $items; $i++) {
            $this->plan[] = ['throws', 'dies', 'large'][mt_rand(0, 60)] ?? 'value';
        }
        $this->pool = Pool::create()->concurrency(mt_rand(1, 4));
        match (mt_rand(0, 9)) {
            0, 1 => $this->pool->tasksPerChild(0),
            2, 3 => $this->pool->recycle(tasks: mt_rand(1, 20)),
            4 => $this->stop_a_child(),
            default => null,
        };
        [$plan, $ran] = [$this->plan, $this->ran];
        $call = function (int $i) use ($plan, $ran): string {
            $ran[$i] = $ran[$i] + 1;
            return match ($plan[$i]) {
                'value' => "value of $i",
                'large' => str_repeat((string) $i, 100_000),
                'throws' => throw new DomainException("thrown by $i"),
                'dies' => posix_kill(getmypid(), SIGKILL),
                'is stopped' => [posix_kill(getmypid(), SIGSTOP), stay()], // somebody may continue it
            };
        };
        $source = function () use ($items) {
            for ($i = 0; $i < $items; $i++) {
                $this->asked++;
                yield $i => $i;
            }
        };
        $this->results = $this->pool->map(mt_rand(0, 3) ? $source() : array_keys($this->plan), $call, $this->ordered);
        $this->way === 'whole' && $this->walk(PHP_INT_MAX);
    }

    /**
     * One of its items stops its process, which is killed when the item's time is over. That is the time of all items: on a
     * machine with more to do than it has CPUs, one of them may get none for a second.
     */
    private function stop_a_child(): void
    {
        $this->plan[mt_rand(0, count($this->plan) - 1)] = 'is stopped';
        $this->pool->timeout(5);
    }

    private static function libc(): FFI
    {
        static $libc = null;
        return $libc ??= FFI::cdef('void *mmap(void *, size_t, int, int, int, long); int munmap(void *, size_t);');
    }

    /** Takes some results. */
    public function walk(int $count): void
    {
        while ($count-- > 0 && !$this->done) {
            if (count($this->given) === $this->end) {
                match ($this->way) {
                    'left' => $this->results = null,
                    'stopped' => $this->pool->stop(),
                    'cancelled' => $this->pool->cancel(),
                    default => null,
                };
                in_array($this->way, ['left', 'stopped', 'cancelled'], true) && $this->last ??= $this->asked;
            }
            if ($this->results === null || !calm(fn () => $this->results->valid())) {
                $this->done = true;
                return;
            }
            $this->take();
        }
    }

    private function take(): void
    {
        try {
            $value = calm(fn () => $this->results->current());
        } catch (Throwable $e) {
            $value = $e;
        }
        $key = $this->results->key();
        $this->given[] = $key;
        $right = match ($this->plan[$key]) {
            'value' => $value === "value of $key",
            'large' => $value === str_repeat((string) $key, 100_000),
            'throws' => $value instanceof DomainException && $value->getMessage() === "thrown by $key",
            'dies' => $value instanceof Async\ProcessDiedException && $value->signal === SIGKILL,
            'is stopped' => $value instanceof Async\TimeoutException,
        };
        if (!$right && !($this->way === 'cancelled' && $value instanceof Async\CancelledException)) {
            $what = $value instanceof Throwable ? describe($value) : substr((string) $value, 0, 30);
            $this->problems[] = "item $key, which {$this->plan[$key]}, gave $what";
        }
        calm(fn () => $this->results->next());
    }

    /**
     * Walks to the end, and looks whether everything is accounted for.
     *
     * @return list<string> what is wrong
     */
    public function finish(): array
    {
        $this->walk(PHP_INT_MAX);
        $this->results = null;
        $patience = time() + 20; // of one that was left some items run
        while (($status = $this->pool->status())->queued + $status->running > 0 && time() < $patience) {
            calm(fn () => $this->pool->tick());
            usleep(1000);
        }
        if ($status->queued + $status->running > 0) {
            $this->problems[] = "its pool is not empty: $status";
        }
        $this->last === null || $this->asked === $this->last || $this->problems[] = 'its source was asked for more';
        $items = count($this->plan);
        $ran = [];
        for ($i = 0; $i < $items; $i++) {
            $this->ran[$i] > 1 and $this->problems[] = "item $i ran {$this->ran[$i]} times";
            $this->ran[$i] > 0 and $ran[] = $i;
        }
        $given = $this->given;
        sort($given);
        $given === array_values(array_unique($given)) || $this->problems[] = 'it gave a result twice';
        $this->ordered && $given !== $this->given && $this->problems[] = 'its results are not in order';
        array_diff($given, $ran) === [] || $this->way === 'cancelled' || $this->problems[] = 'it gave what has not run';
        $expected = match ($this->way) {
            'whole', 'kept' => range(0, $items - 1),
            'stopped' => $ran, // what had begun
            'left' => array_slice($given, 0, $this->end),
            'cancelled' => $given,
        };
        $given === $expected || $this->problems[] = count($given) . ' results, not ' . count($expected);
        self::libc()->munmap($this->ran, $items);
        return array_map(fn ($problem) => "a map that was $this->way: $problem", $this->problems);
    }
}
