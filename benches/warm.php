<?php

// The extension with warm workers. They are all there before the time is taken, but for map(), which forks its own.
// usage: php -d extension=/path/to/libasync.so benches/warm.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';

$workload = workload($argv[1]);
$closure = $workload->closure;

/** A pool whose children have been forked, and have each run a task. */
function started(int $children): Async\Pool
{
    $pool = Async\Pool::create()->concurrency($children)->tasksPerChild(0);
    for ($try = 0; $try < 100; $try++) {
        for ($i = 0; $i < $children; $i++) {
            $pool[] = function (): int {
                usleep(10_000);
                return getmypid();
            };
        }
        $pids = array_unique(Async\await($pool));
        $pool->clearFinished();
        if (count($pids) === $children) {
            return $pool;
        }
    }
    throw new RuntimeException(count($pids) . " of $children children in the last of 100 tries");
}

/** @return iterable<int, int> */
function items(int $count): iterable
{
    global $argv;
    return str_starts_with($argv[1], 'map-array') ? range(0, $count - 1) : (function () use ($count) {
        for ($i = 0; $i < $count; $i++) {
            yield $i;
        }
    })();
}

/** A pool of so many futures: one half has ended, one task runs, and the others wait. */
function half_done(int $futures): Async\Pool
{
    $pool = started(1);
    for ($i = 0; $i < $futures / 2; $i++) {
        $pool[] = fn () => null;
    }
    Async\await($pool);
    $pool[] = fn () => sleep(3_600);
    while (count($pool) < $futures) {
        $pool[] = fn () => null;
    }
    return $pool;
}

if (preg_match('/^status-(\d+)$/', $argv[1], $found)) {
    $pool = half_done((int) $found[1]);
    measure(
        one: function () use ($pool, $found): mixed {
            $status = $pool->status();
            return $status->queued + $status->running + $status->finished === (int) $found[1] ? null : $status;
        },
        all: fn (): array => [],
        forks: false,
        workload: $workload,
    );
    $pool->cancel();
    exit(0);
}

$map = str_starts_with($argv[1], 'map-');
$pool = $map ? null : started($workload->concurrency);

measure(
    one: fn (Closure $task, int $i): mixed => $pool === null ? null : Async\await($pool->add($closure($i))),
    all: function (Closure $task, int $tasks, int $concurrency) use ($argv, $map, &$pool, $closure): array {
        if ($map) {
            return Async\map(items($tasks), $task, $concurrency);
        }
        $answers = [];
        $wave = str_ends_with($argv[1], '-waves') ? 1_000 : $tasks;
        for ($from = 0; $from < $tasks; $from += $wave) {
            $pool->clearFinished();
            for ($i = $from; $i < $from + $wave; $i++) {
                $pool[$i] = $closure($i);
            }
            $answers += Async\await($pool);
        }
        return $answers;
    },
    forks: false,
    workload: $workload,
);
