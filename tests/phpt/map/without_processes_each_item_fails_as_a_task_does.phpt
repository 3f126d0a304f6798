--TEST--
Without processes each item fails as a task does: a CannotForkException with the call, the error number and the limit
--SKIPIF--
<?php
if (!is_executable('/usr/bin/prlimit')) { echo 'skip needs prlimit (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$begin = <<<'PHP'
    if (posix_getuid() === 0) {
        posix_setuid(54323); // root has no limit of processes, and nobody else is this user
    }
    /** What comes of a map, item by item. */
    function results(Iterator $results): void
    {
        for (; $results->valid(); $results->next()) {
            try {
                $value = $results->current();
                echo $results->key(), " => $value\n";
            } catch (CannotForkException $e) {
                $named = preg_match('/task (".*"|\[\d+\]) could not be started: (fork|pthread_create)\(\) failed/', $e->getMessage());
                echo $results->key(), ' ', $e->errno, ' ', $e->limit, ' ',
                    $named ? 'named' : $e->getMessage(), "\n";
            }
        }
    }
    PHP;
$scripts = [
    'an array' => 'results(Pool::create()->map(["a" => 1, "b" => 2, 3], fn(int $n) => $n));',
    'a generator, unordered' => 'results(Pool::create()->map((fn() => yield from [1, 2, 3])(), fn(int $n) => $n, false));',
    'many items' => '$pool = Pool::create(); $n = 0;
        for ($results = $pool->map(range(1, 300), fn(int $n) => $n); $results->valid(); $results->next()) {
            $n += told(fn() => $results->current()) !== "nothing thrown";
        }
        $status = $pool->status();
        echo "$n failed, $status->queued queued, $status->running running\n";',
    'a foreach' => 'echo failure(function () {
            foreach (Pool::create()->map([1, 2, 3], fn(int $n) => $n) as $n) { echo "$n\n"; }
        })::class, "\n";',
    'Async\map()' => 'echo failure(fn() => Async\map([1, 2, 3], fn(int $n) => $n))::class, "\n";',
    'tried again' => '$pool = Pool::create()->retry(2);
        foreach ([true, false] as $ordered) { results($pool->map([1, 2], fn(int $n) => $n, $ordered)); }',
    'tried again later' => 'results(Pool::create()->retry(1, 0.01)->map([1, 2], fn(int $n) => $n));',
    'stopped' => '$pool = Pool::create(); $results = $pool->map(range(1, 100), fn(int $n) => $n); $pool->stop();
        $n = 0;
        for (; $results->valid(); $results->next()) { $n++; }
        echo $n > 0 && $n < 100 ? "some failed before\n" : "$n failed\n";',
    'left' => '$results = Pool::create()->map(range(1, 100), fn(int $n) => $n); $results->rewind(); unset($results); echo "left\n";',
    'beside a task' => '$pool = Pool::create()->tasksPerChild(0); $task = $pool->add(fn() => 1);
        results($pool->map([1], fn(int $n) => $n)); echo failure(fn() => $task->await())::class, "\n";',
];
foreach (['thread', 'signal'] as $notifier) {
    foreach ($scripts as $what => $script) {
        echo "$what, $notifier:\n", php($begin . $script, "-d async.notifier=$notifier", under: 'prlimit --nproc=1:1 timeout -s KILL 15');
    }
}

// Children that could be made after all: what is left is run.
echo php($begin . <<<'PHP'
    posix_setrlimit(POSIX_RLIMIT_NPROC, 0, 50);
    $results = Pool::create()->concurrency(2)->map(range(0, 99), fn(int $n) => $n);
    $results->rewind();
    echo failure(fn() => $results->current())::class, "\n";
    posix_setrlimit(POSIX_RLIMIT_NPROC, 50, 50);
    for ($n = 0; $results->valid(); $results->next()) {
        try {
            $n += (int) ($results->current() === $results->key());
        } catch (CannotForkException) {
        }
    }
    echo $n > 80 ? "the others\n" : "$n\n";
    PHP, '-d async.notifier=signal', under: 'timeout -s KILL 15');

// No memory for what children are given their work by.
echo php($begin . <<<'PHP'
    preg_match('/^VmSize:\s+(\d+)/m', file_get_contents('/proc/self/status'), $size);
    posix_setrlimit(POSIX_RLIMIT_AS, $size[1] * 1024 + 196608, POSIX_RLIMIT_INFINITY); // malloc() may grow once; a job queue is larger
    foreach ([0, 2] as $times) {
        $pool = Pool::create()->retry($times);
        for ($results = $pool->map([1, 2, 3], fn(int $n) => $n); $results->valid(); $results->next()) {
            $e = failure(fn() => $results->current());
            echo $e::class, ' ', $e->errno, ' ', preg_match('/mmap/', $e->getMessage()) ? 'named' : $e->getMessage(), "\n";
        }
    }
    PHP, '-d async.notifier=signal', under: 'timeout -s KILL 15');
?>
--EXPECT--
an array, thread:
a 11 RLIMIT_NPROC named
b 11 RLIMIT_NPROC named
0 11 RLIMIT_NPROC named
exit 0
a generator, unordered, thread:
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
2 11 RLIMIT_NPROC named
exit 0
many items, thread:
300 failed, 0 queued, 0 running
exit 0
a foreach, thread:
Async\CannotForkException
exit 0
Async\map(), thread:
Async\CannotForkException
exit 0
tried again, thread:
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
exit 0
tried again later, thread:
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
exit 0
stopped, thread:
some failed before
exit 0
left, thread:
left
exit 0
beside a task, thread:
0 11 RLIMIT_NPROC named
Async\CannotForkException
exit 0
an array, signal:
a 11 RLIMIT_NPROC named
b 11 RLIMIT_NPROC named
0 11 RLIMIT_NPROC named
exit 0
a generator, unordered, signal:
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
2 11 RLIMIT_NPROC named
exit 0
many items, signal:
300 failed, 0 queued, 0 running
exit 0
a foreach, signal:
Async\CannotForkException
exit 0
Async\map(), signal:
Async\CannotForkException
exit 0
tried again, signal:
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
exit 0
tried again later, signal:
0 11 RLIMIT_NPROC named
1 11 RLIMIT_NPROC named
exit 0
stopped, signal:
some failed before
exit 0
left, signal:
left
exit 0
beside a task, signal:
0 11 RLIMIT_NPROC named
Async\CannotForkException
exit 0
Async\CannotForkException
the others
exit 0
Async\CannotForkException 12 named
Async\CannotForkException 12 named
Async\CannotForkException 12 named
Async\CannotForkException 12 named
Async\CannotForkException 12 named
Async\CannotForkException 12 named
exit 0
