--TEST--
A worker begins with the task for which it was spawned, if others can do the rest: it begins though the parent is busy
--EXTENSIONS--
posix
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(3)->tasksPerChild(0);
$pool['pid'] = fn() => getmypid();
$old = await($pool['pid']);
posix_kill($old, SIGSTOP); // idle, but it takes nothing
in_state($old, 'T');

$pool['long'] = static function () {
    while (true) {
        sleep(60);
    }
};
$begun = new Gate();
$pool['demanding'] = fn() => $begun->open();
$begun->pass();
echo "begun\n";

posix_kill($old, SIGCONT);
await($pool['demanding']);
$pool['long']->cancel();
$status = $pool->status();
echo $status->sent, ' sent, ', $status->inherited, " inherited\n";
?>
--EXPECT--
begun
2 sent, 1 inherited
