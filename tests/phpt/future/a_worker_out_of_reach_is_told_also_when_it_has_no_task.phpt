--TEST--
A warm worker that cannot be ended is told also when it fails no task: the map was cancelled of which it runs an item
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
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$over = sys_get_temp_dir() . '/async-over-' . getmypid();
$pool = Pool::create()->concurrency(1);
$map = $pool->map(['first', 'second'], function (string $item) use ($notes, $over): string {
    if ($item === 'second') {
        $c = FFI::cdef('int close(int fd);'); // the end of the pipe would end it
        foreach (range(3, 1023) as $fd) {
            str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'socket:') || $c->close($fd);
        }
        $notes->write(getmypid());
        while (!file_exists($over)) {
            clearstatcache();
            usleep(1000);
        }
    }
    return $item;
});
echo $map->current(), "\n";
$pid = (int) $notes->next();

posix_setgid(65534);
posix_setuid(65534);
$told = [];
set_error_handler(function (int $level, string $message) use (&$told) {
    $told[] = $message;
    return true;
});
$pool->cancel();
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while ($told === [] && hrtime(true) < $deadline) {
    await(async(fn() => null));
}
restore_error_handler();
echo str_replace((string) $pid, 'N', implode("\n", $told)), "\n";
touch($over);
while (file_exists("/proc/$pid")) { // until it is reaped
    clearstatcache();
    await(async(fn() => null));
}
unlink($over);
?>
--EXPECT--
first
Process N of a task could not be ended: kill() failed: Operation not permitted; its process has another user's rights, and goes on
