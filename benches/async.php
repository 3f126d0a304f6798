<?php

// The extension. usage: php -d extension=/path/to/libasync.so benches/async.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';

// Of one future the outcome is enough for await(), of a list the process must be gone too.
$to_reaped = str_starts_with($argv[1], 'heap');

measure(
    one: fn (Closure $task, int $i): mixed => $to_reaped
        ? Async\await([Async\async($task, $i)])[0]
        : Async\await(Async\async($task, $i)),
    all: function (Closure $task, int $tasks, int $concurrency): array {
        $pool = Async\Pool::create()->concurrency($concurrency);
        for ($i = 0; $i < $tasks; $i++) {
            $pool[$i] = Async\async($task, $i);
        }
        return Async\await($pool);
    },
);
