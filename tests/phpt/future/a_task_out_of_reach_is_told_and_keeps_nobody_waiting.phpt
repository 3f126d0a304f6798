--TEST--
Tasks of root's have their deadline also when the parent has given up root's rights; those out of reach are told, and keep no slot
--EXTENSIONS--
ffi
posix
--SKIPIF--
<?php
if (posix_geteuid() !== 0) {
    die('skip only root has rights to give up');
}
?>
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$over = sys_get_temp_dir() . '/async-over-' . getmypid();

/** A task that stays to the end of the test. Out of reach it has closed the pipe to its parent, too. */
$stay = function (string $how) use ($notes, $over): string {
    $pid = getmypid();
    if ($how === 'out of reach') {
        $c = FFI::cdef('int close(int fd); int dup2(int from, int to);');
        $kept = array_filter(range(3, 1023), fn(int $fd) => str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'socket:'));
        foreach (array_diff(range(3, 1023), $kept) as $fd) {
            $c->close($fd);
        }
    }
    $notes->write($pid);
    while (!file_exists($over)) {
        clearstatcache();
        usleep(1000);
    }
    return 'too late';
};
$why = '/ could not be ended: kill\(\) failed: Operation not permitted; /';
$say = fn(?Throwable $e): string => $e === null ? 'a value' : $e::class . (preg_match($why, $e->getMessage()) ? ', told why' : '');

// The end of a script is told by a warning.
$script = new Script('
    $notes = new Notes();
    async(function () use ($notes) {
        $notes->write(getmypid());
        $c = FFI::cdef("int close(int fd);");
        for ($fd = 3; $fd < 1024; $fd++) { $c->close($fd); }
        while (true) { sleep(60); }
    })->start();
    $pid = (int) $notes->next();
    while (count(scandir("/proc/$pid/fd")) > 6) { usleep(1000); }
    posix_setgid(65534);
    posix_setuid(65534);
    echo $pid, "\n";
', '-d async.at_exit=kill -d html_errors=0');
$pid = (int) $script->line();
[, $told] = [$script->line(), $script->line()];
posix_kill($pid, SIGKILL);
echo 'the end of the script: ', str_starts_with($told, "Warning: Process $pid of a task could not be ended: kill() failed: ") ? 'told' : $told, ', exit ', $script->end(), "\n";

$pools = [];
foreach (['in a child of its own' => 1, 'in a warm worker' => 0] as $where => $tasks) {
    foreach (['in reach', 'out of reach'] as $how) {
        $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
        $pool['first'] = async($stay, $how);
        $pool['next'] = fn() => 'a value';
        $pools["$how $where"] = $pool;
        $pids["$how $where"] = (int) $notes->next();
    }
}
$map = Pool::create()->concurrency(1)->timeout(3.0)->map(['begins', 'out of reach', 'is another'], fn(string $how) => $how === 'out of reach' ? $stay($how) : $how);
echo 'item 0: ', $map->current(), "\n";
$pids['out of reach by a map'] = (int) $notes->next();
$cancelled = async($stay, 'out of reach')->start();
$pids['out of reach and cancelled'] = (int) $notes->next();

posix_setgid(65534);
posix_setuid(65534);
foreach ($pools as $what => $pool) {
    $pool['first']->timeout(0.2);
    $futures = settle($pool);
    echo $what, ': ', $say($futures['first']->error()), '; the next one: ', $futures['next']->await(), "\n";
}
for ($map->next(); $map->valid(); $map->next()) {
    echo 'item ', $map->key(), ': ', $say(failure(fn() => $map->current())), "\n";
}
$cancelled->cancel();
echo 'cancelled: ', $say(failure($cancelled)), "\n";
foreach ($pids as $what => $pid) {
    str_starts_with($what, 'in reach') ? ended($pid) : alive($pid) || print("$what: it is gone\n");
}
touch($over);
unset($pools, $map); // all that are left end by themselves, and are reaped
while (array_filter($pids, fn(int $pid) => file_exists("/proc/$pid"))) {
    clearstatcache();
    async(fn() => 0)->await();
}
unlink($over);
?>
--EXPECT--
the end of the script: told, exit 0
item 0: begins
in reach in a child of its own: Async\TimeoutException; the next one: a value
out of reach in a child of its own: Async\TimeoutException, told why; the next one: a value
in reach in a warm worker: Async\TimeoutException; the next one: a value
out of reach in a warm worker: Async\TimeoutException, told why; the next one: a value
item 1: Async\TimeoutException, told why
item 2: a value
cancelled: Async\CancelledException, told why
