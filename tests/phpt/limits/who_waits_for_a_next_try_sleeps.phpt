--TEST--
Who waits for the next try of a task for which there has never been a process sleeps meanwhile
--SKIPIF--
<?php
if (!is_executable('/usr/bin/prlimit')) { echo 'skip needs prlimit (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$code = <<<'PHP'
    if (posix_getuid() === 0) {
        posix_setuid(65534); // root has no limit of processes
    }
    $pool = Pool::create()->retry(1, 1);
    $pool['a'] = fn() => 1;
    $before = getrusage()['ru_nvcsw'];
    settle($pool);
    echo $pool->status()->retries, getrusage()['ru_nvcsw'] - $before >= 1 ? ' asleep' : ' busy', "\n";
    PHP;
foreach (['thread', 'signal'] as $notifier) {
    echo php($code, "-d async.notifier=$notifier", under: 'prlimit --nproc=1:1');
}
?>
--EXPECT--
1 asleep
exit 0
1 asleep
exit 0
