--TEST--
There are never more warm workers than slots, also when a signal's handler adds tasks while one is being spawned
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = null;
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use (&$pool) {
    $pool && count($pool) < 20 and $pool[] = getmypid(...);
});
$parent = getmypid();
$flood = pcntl_fork();
if ($flood === 0) {
    while (posix_getppid() === $parent) {
        posix_kill($parent, SIGUSR1);
        for ($i = 0; $i < 300; $i++);
    }
    posix_kill(getmypid(), SIGKILL);
}
$most = 0;
for ($round = 0; $round < 200; $round++) {
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    for ($i = 0; $i < 10; $i++) {
        $pool[] = function () { usleep(200); return getmypid(); };
    }
    $most = max($most, count(array_unique(await($pool))));
}
$pool = null;
posix_kill($flood, SIGKILL);
pcntl_waitpid($flood, $status);
echo $most, "\n";
?>
--EXPECT--
2
