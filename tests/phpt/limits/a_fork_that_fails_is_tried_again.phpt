--TEST--
With retry() a task for which there is no process is tried again, and fails in the end with what the last try said
--SKIPIF--
<?php
if (!is_executable('/usr/bin/prlimit')) { echo 'skip needs prlimit (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    if (posix_getuid() === 0) {
        posix_setuid(65534); // root has no limit of processes
    }
    foreach ([1, 0] as $tasks) {
        foreach ([0, 0.01] as $backoff) {
            $pool = Pool::create()->tasksPerChild($tasks)->retry(3, $backoff);
            $pool['a'] = fn() => 1;
            $pool['b'] = fn() => 2;
            foreach (settle($pool) as $key => $future) {
                echo $key, ' ', $future->error()::class, ' after ', $future->attempts(), " attempts\n";
            }
            echo strtok($pool->status(), "\n"), ' - retries: ', $pool->status()->retries, "\n";
        }
    }
    PHP, under: 'prlimit --nproc=1:1');
?>
--EXPECT--
a Async\CannotForkException after 0 attempts
b Async\CannotForkException after 0 attempts
queue: 0 - finished: 0 - failed: 2 - timeout: 0 - retries: 6
a Async\CannotForkException after 0 attempts
b Async\CannotForkException after 0 attempts
queue: 0 - finished: 0 - failed: 2 - timeout: 0 - retries: 6
a Async\CannotForkException after 0 attempts
b Async\CannotForkException after 0 attempts
queue: 0 - finished: 0 - failed: 2 - timeout: 0 - retries: 6
a Async\CannotForkException after 0 attempts
b Async\CannotForkException after 0 attempts
queue: 0 - finished: 0 - failed: 2 - timeout: 0 - retries: 6
exit 0
