--TEST--
A fork that fails is a CannotForkException with the call and the error number; nothing hangs (pain 38)
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
    $pool = new Pool();
    $pool['a'] = fn() => 1;
    $pool['b'] = fn() => 2;
    foreach (settle($pool) as $key => $future) {
        $e = $future->error();
        echo $key, ' ', $e::class, ' ', $e->errno, ' ', $e->limit === null || str_contains($e->limit, 'NPROC') ? 'limit' : $e->limit,
            ' ', preg_match('/could not be started: (fork\(\) failed|pthread_create\(\) failed.*async\.notifier=signal does without)/', $e->getMessage()) ? 'named' : $e->getMessage(), "\n";
    }
    try {
        await(async(fn() => 1));
    } catch (CannotForkException $e) {
        echo "thrown by await\n";
    }
    PHP, under: 'prlimit --nproc=1:1');
?>
--EXPECT--
a Async\CannotForkException 11 limit named
b Async\CannotForkException 11 limit named
thrown by await
exit 0
