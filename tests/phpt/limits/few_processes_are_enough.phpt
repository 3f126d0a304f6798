--TEST--
Few processes are enough for many tasks: what cannot be forked now waits (pain 38)
--SKIPIF--
<?php
if (!is_executable('/usr/bin/prlimit')) { echo 'skip needs prlimit (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    if (posix_getuid() === 0) {
        posix_setuid(54321); // root has no limit of processes, and nobody else is this user
    }
    $pool = Pool::create()->concurrency(16);
    for ($i = 0; $i < 100; $i++) {
        $pool[] = fn() => $i;
    }
    var_dump(await($pool) === range(0, 99));
    PHP, under: 'prlimit --nproc=5:5');
?>
--EXPECT--
bool(true)
exit 0
