<?php

// What is measured, the same for every contender. Each workload is a closure that a child runs, how often, how many at
// once, and what the answers must be.

declare(strict_types=1);

final class Workload
{
    /**
     * @param int $tasks        how many, in each process that measures
     * @param int $concurrency  how many at once; 1 is one after another, each awaited before the next starts
     * @param Closure(int): mixed $task  runs in the child, given its number
     * @param Closure(int, mixed): bool $right  whether that was the answer
     */
    public function __construct(
        public readonly string $what,
        public readonly int $tasks,
        public readonly int $concurrency,
        public readonly Closure $task,
        public readonly Closure $right,
    ) {
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
 * One of them by its name, or `heapN`: an empty task under N MiB.
 */
function workload(string $name): Workload
{
    if (!preg_match('/^heap(\d+)$/', $name, $found)) {
        return workloads()[$name]();
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
 * One measurement, in its own process: prints {"us": microseconds a task, "tasks": how many, "wrong": how many answers}.
 *
 * One at a time, the figure is the median of the tasks; several at once, it is the time in all divided by the tasks. A
 * second argument says how many tasks run before those that count, and "warm_up" what these took in all.
 *
 * @param Closure(Closure(int): mixed, int): mixed $one  runs task $i and returns its answer
 * @param Closure(Closure(int): mixed, int, int): array<int, mixed> $all  runs so many, so many at once
 * @param bool $answers  whether the contender brings answers back at all
 */
function measure(Closure $one, Closure $all, bool $answers = true): void
{
    global $argv;
    $workload = workload($argv[1]);
    [$task, $right, $wrong] = [$workload->task, $workload->right, 0];
    $started = hrtime(true);
    for ($i = 0; $i < (int) ($argv[2] ?? 3); $i++) {
        $one($task, $i);
    }
    $warm_up = (hrtime(true) - $started) / 1e3;
    if ($workload->concurrency === 1) {
        $times = [];
        for ($i = 0; $i < $workload->tasks; $i++) {
            $started = hrtime(true);
            $answer = $one($task, $i);
            $times[] = (hrtime(true) - $started) / 1e3;
            $wrong += (int) ($answers && !$right($i, $answer));
            unset($answer);
        }
        $us = median($times);
    } else {
        $started = hrtime(true);
        $all = $all($task, $workload->tasks, $workload->concurrency);
        $us = (hrtime(true) - $started) / 1e3 / $workload->tasks;
        if ($answers) {
            $wrong = (int) (array_keys($all) !== range(0, $workload->tasks - 1));
            foreach ($all as $i => $answer) {
                $wrong += (int) !$right($i, $answer);
            }
        }
    }
    echo json_encode(['us' => round($us, 2), 'warm_up' => round($warm_up), 'tasks' => $workload->tasks, 'wrong' => $wrong]), "\n";
}
