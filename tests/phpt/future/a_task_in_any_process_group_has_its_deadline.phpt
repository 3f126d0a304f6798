--TEST--
A task that has joined the group of its parent or of a sibling, or stands still there, has its deadline, and ends with the script
--EXTENSIONS--
posix
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$sibling = async(function () use ($notes) { $notes->write(getmypid()); while (true) { sleep(60); } })->start();
$group = (int) $notes->next();
$stay = function (int $group, string $how) use ($notes): never {
    posix_setpgid(0, $group);
    if ($how === 'ignores') {
        foreach (range(1, 31) as $signal) {
            $signal === SIGKILL || $signal === SIGSTOP || pcntl_signal($signal, SIG_IGN);
        }
    }
    $notes->write(getmypid());
    while (true) {
        $how === 'stands still' ? posix_kill(getmypid(), SIGSTOP) : sleep(60);
    }
};

foreach (['child of its own' => 1, 'warm worker' => 0] as $kind => $tasks) {
    $pool = Pool::create()->concurrency(6)->tasksPerChild($tasks);
    foreach (['the parent' => posix_getpgid(0), 'a sibling' => $group] as $whose => $of) {
        foreach (['sleeps', 'ignores', 'stands still'] as $how) {
            $pool["$how in the group of $whose"] = async($stay, $of, $how);
        }
    }
    $pids = array_map(fn() => (int) $notes->next(), range(1, 6));
    foreach ($pool->keys() as $key) {
        $pool[$key]->timeout(0.1); // from now on all are where they wanted to be
    }
    foreach (settle($pool) as $what => $future) {
        echo "in a $kind, $what: ", $future->error()::class, "\n";
    }
    ended(...$pids);
}

$map = Pool::create()->concurrency(1)->timeout(2)->map(['sleeps', 'stands still', 'ends'], function (string $how) use ($stay, $group) {
    return $how === 'ends' ? 'a value' : $stay($group, $how);
});
for (; $map->valid(); $map->next()) {
    $e = failure(fn() => $map->current());
    echo 'item ', $map->key(), ' of a map: ', $e ? $e::class : 'a value', "\n";
}

$future = async($stay, $group, 'ignores')->start();
$pids = [(int) $notes->next(), (int) $notes->next(), (int) $notes->next()];
$future->cancel();
echo 'cancelled: ', failure($future)::class, "\n";
ended(...$pids);
var_dump(alive($group));
$sibling->cancel();
settle([$sibling]);

$script = php('
    $parent = posix_getpgid(0);
    $notes = new Notes();
    $future = async(function () use ($parent, $notes) { posix_setpgid(0, $parent); $notes->write(getmypid()); while (true) { sleep(60); } })->start();
    echo $notes->next(), "\n";
', '-d async.at_exit=kill');
[$pid, $exit] = explode("\n", $script);
echo $exit, alive((int) $pid) ? ', and a task' : ', and nothing', " is left\n";
?>
--EXPECT--
in a child of its own, sleeps in the group of the parent: Async\TimeoutException
in a child of its own, ignores in the group of the parent: Async\TimeoutException
in a child of its own, stands still in the group of the parent: Async\TimeoutException
in a child of its own, sleeps in the group of a sibling: Async\TimeoutException
in a child of its own, ignores in the group of a sibling: Async\TimeoutException
in a child of its own, stands still in the group of a sibling: Async\TimeoutException
in a warm worker, sleeps in the group of the parent: Async\TimeoutException
in a warm worker, ignores in the group of the parent: Async\TimeoutException
in a warm worker, stands still in the group of the parent: Async\TimeoutException
in a warm worker, sleeps in the group of a sibling: Async\TimeoutException
in a warm worker, ignores in the group of a sibling: Async\TimeoutException
in a warm worker, stands still in the group of a sibling: Async\TimeoutException
item 0 of a map: Async\TimeoutException
item 1 of a map: Async\TimeoutException
item 2 of a map: a value
cancelled: Async\CancelledException
bool(true)
exit 0, and nothing is left
