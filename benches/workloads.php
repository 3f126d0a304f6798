<?php

// What is measured, the same for every contender. Each workload is a closure that a child runs, how often, how many at
// once, and what the answers must be.

declare(strict_types=1);

final class Workload
{
    public readonly bool $together;
    public readonly Closure $closure;

    /**
     * @param int $tasks        how many, in each process that measures
     * @param int $concurrency  how many at once; 1 is one after another, each awaited before the next starts
     * @param Closure(int): mixed $task  runs in the child, given its number
     * @param Closure(int, mixed): bool $right  whether that was the answer
     * @param ?bool $together  whether they are all given at once; by default where more than one runs at once
     * @param ?Closure(int): (Closure(): mixed) $closure  makes the task as a closure without parameters, as it is written
     *                         into a pool; by default a call of $task
     * @param ?int $forks      how many where each is a fork, which takes so much longer; by default all
     * @param ?float $ideal    microseconds a task when no time is lost; the figure that others are compared with
     */
    public function __construct(
        public readonly string $what,
        public readonly int $tasks,
        public readonly int $concurrency,
        public readonly Closure $task,
        public readonly Closure $right,
        ?bool $together = null,
        ?Closure $closure = null,
        public readonly ?int $forks = null,
        public readonly ?float $ideal = null,
    ) {
        $this->together = $together ?? $concurrency > 1;
        $this->closure = $closure ?? fn (int $i): Closure => fn (): mixed => $task($i);
    }
}

/**
 * Made only when it is measured, since it may fill the parent's memory.
 *
 * @return array<string, Closure(): Workload>
 */
function workloads(): array
{
    $number = fn (int $i): int => $i;
    $same = fn (int $i, mixed $answer): bool => $answer === $i;
    $blob = function (int $bytes, int $tasks): Workload {
        // In the parent's memory before the fork, as the numbers are: only the way back is measured.
        $blob = str_repeat('0123456789abcdef', $bytes >> 4);
        return new Workload(
            ($bytes >> 20) . ' MiB string back',
            $tasks,
            1,
            fn (int $i): string => $blob,
            fn (int $i, mixed $answer): bool => $answer === $blob,
        );
    };
    return [
        'latency' => fn () => new Workload('empty task, one at a time', 400, 1, $number, $same),
        'empty2' => fn () => new Workload('empty tasks, 2 at once', 1_000, 2, $number, $same),
        'empty8' => fn () => new Workload('empty tasks, 8 at once', 1_000, 8, $number, $same),
        'ints' => function () {
            $numbers = range(0, 9_999);
            return new Workload(
                '10,000 ints back',
                100,
                1,
                fn (int $i): array => $numbers,
                fn (int $i, mixed $answer): bool => $answer === $numbers,
            );
        },
        'blob1' => fn () => $blob(1 << 20, 50),
        'blob64' => fn () => $blob(64 << 20, 4),
        'bigparent' => function () use ($number, $same) {
            // A packed array of 16 bytes an element, in memory as long as the process lives.
            $GLOBALS['ballast'] = array_fill(0, 512 << 20 >> 4, 1);
            return new Workload('empty task under 512 MiB, one at a time', 40, 1, $number, $same);
        },
        'many' => fn () => new Workload('10,000 tasks, 64 at once', 10_000, 64, $number, $same),
    ];
}

/**
 * Those for warm workers; the same name up to the last dash is the same workload in other circumstances.
 *
 * @return array<string, Closure(): Workload>
 */
function warm_workloads(): array
{
    $nothing = fn (int $i): mixed => null;
    $no_answer = fn (int $i, mixed $answer): bool => $answer === null;
    $empty = fn (int $i): Closure => fn () => null;
    $of = fn (int $children): string => $children === 1 ? '1 child' : "$children children";

    $warm = [];
    foreach ([1, 2, 4] as $n) {
        $warm["warm-throughput-$n"] = fn () => new Workload("empty tasks, {$of($n)}", 50_000, $n, $nothing, $no_answer, true, $empty, 500);
    }
    $warm['warm-throughput-waves'] = fn () => new Workload('empty tasks, 1,000 after 1,000, 1 child', 50_000, 1, $nothing, $no_answer, true, $empty, 500);
    $warm['warm-throughput-bound'] = fn () => new Workload(
        'tasks with a bound int, 2 children',
        50_000,
        2,
        fn (int $i): int => $i,
        fn (int $i, mixed $answer): bool => $answer === $i,
        true,
        fn (int $i): Closure => fn () => $i,
        500,
    );
    foreach (['unpinned' => 'empty task, one at a time', 'pinned' => 'the same, all on one core'] as $where => $what) {
        $warm["warm-latency-$where"] = fn () => new Workload($what, 10_000, 1, $nothing, $no_answer, false, $empty, 400);
    }
    // Beside a process on each CPU that never gives way: see run.php.
    $warm['busy-latency'] = fn () => new Workload('empty task, one at a time, beside busy processes', 5_000, 1, $nothing, $no_answer, false, $empty, 200);
    $warm['busy-throughput'] = fn () => new Workload('empty tasks, 2 children, beside busy processes', 50_000, 2, $nothing, $no_answer, true, $empty, 200);
    $warm['bigparent-warm'] = function () use ($nothing, $no_answer, $empty) {
        $GLOBALS['ballast'] = array_fill(0, 512 << 20 >> 4, 1);
        return new Workload('empty task under 512 MiB, one at a time', 10_000, 1, $nothing, $no_answer, false, $empty, 40);
    };
    foreach (['array', 'generator'] as $source) {
        foreach ([1, 2, 4] as $n) {
            $warm["map-$source-$n"] = fn () => new Workload(
                "1,000,000 items of " . ($source === 'array' ? 'an' : 'a') . " $source, {$of($n)}",
                1_000_000,
                $n,
                fn (int $x): int => $x + 1,
                fn (int $i, mixed $answer): bool => $answer === $i + 1,
                true,
            );
        }
    }
    foreach ([1_000, 100_000] as $n) {
        $warm["status-$n"] = fn () => new Workload('status() of a pool of ' . number_format($n) . ' futures', 1_000, 1, $nothing, $no_answer);
    }
    $mixed = function (string $what, array $milliseconds): Workload {
        return new Workload(
            $what,
            count($milliseconds),
            2,
            function (int $i) use ($milliseconds): int {
                for ($until = processor_time() + $milliseconds[$i] * 1_000; processor_time() < $until;) {
                }
                return $i;
            },
            fn (int $i, mixed $answer): bool => $answer === $i,
            ideal: array_sum($milliseconds) * 1_000 / 2 / count($milliseconds),
        );
    };
    $warm['mixed-even'] = fn () => $mixed('16 tasks of 100 ms, 2 children', array_fill(0, 16, 100));
    // In the order that they come, two children can do them without a pause; not where short ones wait for a long one.
    $warm['mixed-uneven'] = fn () => $mixed('2 tasks of 200 ms, 40 of 10 ms, 2 children', array_replace(array_fill(0, 42, 10), [0 => 200, 10 => 200]));
    return $warm;
}

/** What this process has used of a processor, in microseconds: a task that others push aside is not done sooner. */
function processor_time(): int
{
    $used = getrusage();
    return ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']) * 1_000_000 + $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'];
}

/**
 * One of them by its name, or `heapN`: an empty task under N MiB.
 */
function workload(string $name): Workload
{
    if (!preg_match('/^heap(\d+)$/', $name, $found)) {
        return (workloads() + warm_workloads())[$name]();
    }
    $GLOBALS['ballast'] = array_fill(0, (int) $found[1] << 20 >> 4, 1);
    return new Workload("empty task under $found[1] MiB", 40, 1, fn (int $i): int => $i, fn (int $i, mixed $answer): bool => $answer === $i);
}

/** @param list<float> $values */
function median(array $values): float
{
    sort($values);
    $n = count($values);
    return $n === 0 ? NAN : ($values[intdiv($n - 1, 2)] + $values[intdiv($n, 2)]) / 2;
}

/**
 * Prints what `$measure` returns as a line of JSON: once, or with BENCH_TURNS in the environment once for each line of
 * standard input, so that several processes can measure in turn.
 *
 * @param Closure(): array<string, int|float> $measure
 */
function in_turn(Closure $measure): void
{
    while (getenv('BENCH_TURNS') === false || fgets(STDIN) !== false) {
        echo json_encode($measure()), "\n";
        if (getenv('BENCH_TURNS') === false) {
            return;
        }
    }
}

/**
 * One measurement, in its own process: {"us": microseconds a task, "tasks": how many, "wrong": how many answers}.
 *
 * One at a time, the figure is the median of the tasks; several at once, it is the time in all divided by the tasks. A
 * second argument says how many tasks run before those that count, and "warm_up" what these took in all.
 *
 * @param Closure(Closure(int): mixed, int): mixed $one  runs task $i and returns its answer
 * @param Closure(Closure(int): mixed, int, int): array<int, mixed> $all  runs so many, so many at once
 * @param bool $answers  whether the contender brings answers back at all
 * @param bool $forks  whether the contender forks for each task
 * @param ?Workload $workload  when the contender has made it already
 */
function measure(Closure $one, Closure $all, bool $answers = true, bool $forks = true, ?Workload $workload = null): void
{
    global $argv;
    $workload ??= workload($argv[1]);
    $tasks = $forks ? $workload->forks ?? $workload->tasks : $workload->tasks;
    [$task, $right] = [$workload->task, $workload->right];
    $started = hrtime(true);
    for ($i = 0; $i < (int) ($argv[2] ?? 3); $i++) {
        $one($task, $i);
    }
    $warm_up = (hrtime(true) - $started) / 1e3;
    in_turn(function () use ($one, $all, $answers, $workload, $tasks, $task, $right, $warm_up): array {
        $wrong = 0;
        if (!$workload->together) {
            $times = [];
            for ($i = 0; $i < $tasks; $i++) {
                $started = hrtime(true);
                $answer = $one($task, $i);
                $times[] = (hrtime(true) - $started) / 1e3;
                $wrong += (int) ($answers && !$right($i, $answer));
                unset($answer);
            }
            $us = median($times);
        } else {
            $started = hrtime(true);
            $all = $all($task, $tasks, $workload->concurrency);
            $us = (hrtime(true) - $started) / 1e3 / $tasks;
            if ($answers) {
                $wrong = (int) (array_keys($all) !== range(0, $tasks - 1));
                foreach ($all as $i => $answer) {
                    $wrong += (int) !$right($i, $answer);
                }
            }
        }
        return ['us' => round($us, 4), 'warm_up' => round($warm_up), 'tasks' => $tasks, 'wrong' => $wrong];
    });
}
