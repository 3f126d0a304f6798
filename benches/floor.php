<?php

// What nobody can go below: fork, _exit and waitpid from this PHP process, by FFI; the child does nothing, and no answer
// comes back. With the extension, the warm-up is tasks of its own, which pay for huge pages.
// usage: php -d ffi.enable=1 [-d extension=/path/to/libasync.so] benches/floor.php WORKLOAD [WARM-UP]

declare(strict_types=1);

require __DIR__ . '/workloads.php';

$libc = FFI::cdef('int fork(void); void _exit(int); int waitpid(int, int *, int);');
$status = $libc->new('int');
$address = FFI::addr($status);
$paying = extension_loaded('async') ? (int) ($argv[2] ?? 3) : 0;

measure(
    one: function (Closure $task, int $i) use ($libc, $address, &$paying): mixed {
        if ($paying-- > 0) {
            return Async\await([Async\async($task, $i)])[0];
        }
        $pid = $libc->fork();
        if ($pid === 0) {
            $libc->_exit(0);
        }
        return $libc->waitpid($pid, $address, 0);
    },
    all: function (Closure $task, int $tasks, int $concurrency) use ($libc, $address): array {
        for ($i = $running = 0; $i < $tasks || $running > 0;) {
            if ($i < $tasks && $running < $concurrency) {
                if ($libc->fork() === 0) {
                    $libc->_exit(0);
                }
                $i++;
                $running++;
            } else {
                $libc->waitpid(-1, $address, 0);
                $running--;
            }
        }
        return [];
    },
    answers: false,
);
