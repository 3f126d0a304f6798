--TEST--
A child that stays and is killed while it has nothing to do leaves no task waiting: its successor hears of each
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** Waits until a process sleeps. */
function asleep(int $pid): void
{
    while (!str_contains(file_get_contents("/proc/$pid/stat"), ') S ')) {
        usleep(1000);
    }
}

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pid = await($pool->add(getmypid(...)));
asleep($pid);
posix_kill($pid, SIGKILL);
while (file_exists("/proc/$pid")) {
    $pool->tick();
}
$next = await($pool->add(getmypid(...)));
for ($i = 0; $i < 3; $i++) {
    asleep($next);
    echo await($pool->add(getmypid(...)), PATIENCE) === $next ? "the same\n" : "another\n";
}
?>
--EXPECT--
the same
the same
the same
