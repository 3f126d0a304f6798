<?php

// What a careful author writes with pcntl. usage: php benches/pcntl.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';
require __DIR__ . '/by_hand.php';

/** Nobody forks for each of a million: each child has one part of them. */
function map(Closure $task, array $items, int $concurrency): array
{
    $parts = array_chunk($items, (int) ceil(count($items) / $concurrency));
    return array_merge(...together(fn (int $i): array => array_map($task, $parts[$i]), count($parts), $concurrency));
}

measure(
    one: function (Closure $task, int $i): mixed {
        [$pid, $stream] = start($task, $i);
        $bytes = stream_get_contents($stream);
        fclose($stream);
        return finish($pid, $bytes);
    },
    all: fn (Closure $task, int $tasks, int $concurrency): array => str_starts_with($argv[1], 'map-')
        ? map($task, range(0, $tasks - 1), $concurrency)
        : together($task, $tasks, $concurrency),
);
