<?php

// No process at all: what PHP's own serializer takes for the same answer. usage: php benches/serialize.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';

measure(
    one: fn (Closure $task, int $i): mixed => unserialize(serialize($task($i))),
    all: fn (Closure $task, int $tasks): array => array_map(fn (int $i) => unserialize(serialize($task($i))), range(0, $tasks - 1)),
);
