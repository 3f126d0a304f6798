<?php

// What it takes to take a lock and to give it back, in a loop of so many processes: one has it for itself, several want it at
// once. Prints {"ns": for each time that the lock was taken}.
// usage: php [-d extension=/path/to/libasync.so] benches/locks.php loop|mutex|semaphore|sem|flock PROCESSES

declare(strict_types=1);

[, $kind, $processes] = $argv + [1 => 'mutex', '1'];
$times = intdiv($processes === '1' ? 1_000_000 : 200_000, (int) $processes);

/** Nanoseconds that a function takes in so many processes, from when all of them are ready. */
function together(int $processes, Closure $run): float
{
    [$inner, $outer] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    stream_set_read_buffer($inner, 0); // a byte read ahead would be lost to the other processes
    [$ready, $told] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    for ($i = 0; $i < $processes; $i++) {
        if (pcntl_fork() === 0) {
            fwrite($told, '.');
            while (fread($inner, 1) === '') {
            }
            $run();
            posix_kill(getmypid(), SIGKILL);
        }
    }
    for ($seen = 0; $seen < $processes; $seen += strlen((string) fread($ready, 1))) {
    }
    $started = hrtime(true);
    fwrite($outer, str_repeat('.', $processes));
    while (pcntl_wait($status) > 0) {
    }
    return hrtime(true) - $started;
}

$run = match ($kind) {
    'loop' => function () use ($times): void {
        for ($i = 0; $i < $times; $i++) {
        }
    },
    'mutex', 'semaphore' => (function () use ($kind, $times): Closure {
        $lock = $kind === 'mutex' ? new Async\Mutex() : new Async\Semaphore(1);
        return function () use ($lock, $times): void {
            for ($i = 0; $i < $times; $i++) {
                $lock->acquire();
                $lock->release();
            }
        };
    })(),
    'sem' => (function () use ($times): Closure {
        $lock = sem_get(random_int(1, PHP_INT_MAX >> 33), 1, 0600, true);
        register_shutdown_function(fn () => sem_remove($lock));
        return function () use ($lock, $times): void {
            for ($i = 0; $i < $times; $i++) {
                sem_acquire($lock);
                sem_release($lock);
            }
        };
    })(),
    'flock' => (function () use ($times): Closure {
        $name = tempnam(sys_get_temp_dir(), 'flock');
        register_shutdown_function(fn () => unlink($name));
        return function () use ($name, $times): void {
            // Opened here: processes with the same open file would all have the lock.
            $lock = fopen($name, 'r');
            for ($i = 0; $i < $times; $i++) {
                flock($lock, LOCK_EX);
                flock($lock, LOCK_UN);
            }
        };
    })(),
};
if ($processes === '1') {
    $run();
    $started = hrtime(true);
    $run();
    $took = hrtime(true) - $started;
} else {
    $took = together((int) $processes, $run);
}
echo json_encode(['ns' => round($took / $times / $processes, 1)]), "\n";
