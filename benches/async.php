<?php

// The extension. usage: php -d extension=/path/to/libasync.so benches/async.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';

measure(
    one: fn (Closure $task, int $i): mixed => Async\await(Async\async($task, $i)),
    all: function (Closure $task, int $tasks, int $concurrency): array {
        $pool = Async\Pool::create()->concurrency($concurrency);
        for ($i = 0; $i < $tasks; $i++) {
            $pool[$i] = Async\async($task, $i);
        }
        return Async\await($pool);
    },
);
