--TEST--
A warm worker that is killed while it is idle leaves no task waiting: its successor takes each
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pid = await($pool->add(getmypid(...)));
in_state($pid, 'S');
posix_kill($pid, SIGKILL);
while (file_exists("/proc/$pid")) {
    $pool->tick();
}
$next = await($pool->add(getmypid(...)));
for ($i = 0; $i < 3; $i++) {
    in_state($next, 'S');
    echo await($pool->add(getmypid(...)), PATIENCE) === $next ? "the same\n" : "another\n";
}
?>
--EXPECT--
the same
the same
the same
