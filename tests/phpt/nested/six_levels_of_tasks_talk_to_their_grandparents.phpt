--TEST--
Six levels of six tasks under a cap of eight processes: each talks to its parent and to its grandparent, and all come to their end
--INI--
async.max_children=8
--FILE--
<?php
use Async\{Channel, Counter};
use function Async\{async, await, channel};

// A task of each level has six tasks; one of them has six itself, so that there are six levels of six. It sends to its
// parent, and by the end that its parent has of the channel to *its* parent, to its grandparent.
$begun = new Counter();
$most = new Counter();
function level(int $level, ?Channel $up, Counter $begun, Counter $most): array
{
    // Those that run now: the cap holds for the whole tree. A process's first child counts as the process itself.
    $now = $begun->add(1);
    while (($seen = $most->get()) < $now && !$most->compareAndSet($seen, $now)) {
    }
    $parent = channel();
    $parent->send("level $level");
    $up?->send("level $level to its grandparent");
    $heard = [];
    if ($level < 6) {
        $tasks = [];
        for ($i = 0; $i < 6; $i++) {
            $tasks[$i] = async($i === 0
                ? fn () => level($level + 1, $parent, $begun, $most)
                : fn () => leaf($level + 1, $parent));
        }
        foreach ($tasks as $task) {
            foreach ($task->channel() as $message) {
                $heard[$message] = ($heard[$message] ?? 0) + 1;
            }
        }
        foreach (await($tasks) as $below) {
            foreach ($below as $message => $count) {
                $heard[$message] = ($heard[$message] ?? 0) + $count;
            }
        }
    }
    $begun->add(-1);
    return $heard;
}

function leaf(int $level, Channel $up): array
{
    channel()->send("level $level");
    $up->send("level $level to its grandparent");
    return [];
}

$tasks = [];
for ($i = 0; $i < 6; $i++) {
    $tasks[$i] = async($i === 0 ? fn () => level(1, null, $begun, $most) : fn () => channel()->send('level 1'));
}
$heard = [];
foreach ($tasks as $task) {
    foreach ($task->channel() as $message) {
        $heard[$message] = ($heard[$message] ?? 0) + 1;
    }
}
foreach (array_filter(await($tasks)) as $below) {
    foreach ($below as $message => $count) {
        $heard[$message] = ($heard[$message] ?? 0) + $count;
    }
}
ksort($heard);
foreach ($heard as $message => $count) {
    echo $message, ': ', $count, "\n";
}
echo $most->get(), " levels at once\n";
?>
--EXPECT--
level 1: 6
level 2: 6
level 2 to its grandparent: 6
level 3: 6
level 3 to its grandparent: 6
level 4: 6
level 4 to its grandparent: 6
level 5: 6
level 5 to its grandparent: 6
level 6: 6
level 6 to its grandparent: 6
6 levels at once
