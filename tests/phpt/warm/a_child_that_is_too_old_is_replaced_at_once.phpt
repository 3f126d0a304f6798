--TEST--
An idle child that is too old for a task is replaced before the parent goes on, whatever keeps that one busy then
--EXTENSIONS--
posix
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pool['pid'] = fn() => getmypid();
$old = await($pool['pid']);
while (!str_contains(file_get_contents("/proc/$old/stat"), ') S ')) {
    usleep(1000); // it has told, and is about to have nothing to do
}
$gate = new Gate();
$pool['young'] = fn() => [$gate->open(), getmypid()];
$gate->pass();
var_dump(alive($old), await($pool['young'])[1] === $old);

$last = new Gate();
$pool['last'] = fn() => register_shutdown_function(static fn() => $last->pass());
await($pool['last']);
$pool['next'] = fn() => $gate->open();
echo "what a task left to do at the end is not waited for\n";
$last->open();
await($pool['next']);
?>
--EXPECT--
bool(false)
bool(false)
what a task left to do at the end is not waited for
