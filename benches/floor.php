<?php

// What nobody can go below: fork, _exit and waitpid from this PHP process, by FFI; the child does nothing, and no answer
// comes back. usage: php -d ffi.enable=1 benches/floor.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';

$libc = FFI::cdef('int fork(void); void _exit(int); int waitpid(int, int *, int);');
$status = $libc->new('int');
$address = FFI::addr($status);

measure(
    one: function (Closure $task, int $i) use ($libc, $address): mixed {
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
