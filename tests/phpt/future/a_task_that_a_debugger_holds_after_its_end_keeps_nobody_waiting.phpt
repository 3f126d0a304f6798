--TEST--
A task that was killed and that a debugger holds is told, and keeps no slot; the wait for it takes no processor
--EXTENSIONS--
ffi
posix
--SKIPIF--
<?php
require __DIR__ . '/../../support/debugger.php';
$debugger = new Debugger(getmypid());
$looks = $debugger->looks();
$debugger->leave();
if (!$looks) {
    die('skip nobody may look at other processes here');
}
?>
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\{async, settle};

require __DIR__ . '/../../support/debugger.php';
require __DIR__ . '/../../support/sync.php';

$busy = function (): float {
    $usage = getrusage();
    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'] + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
};
$notes = new Notes();
foreach (['child of its own' => 1, 'warm worker' => 0] as $kind => $tasks) {
    $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
    $pool['held'] = function () use ($notes) { $notes->write(getmypid()); while (true) { sleep(60); } };
    $pool['next'] = fn() => 'a value';
    $pid = (int) $notes->next();
    $debugger = new Debugger($pid);
    $debugger->looks();
    [$wall, $cpu] = [hrtime(true), $busy()];
    $pool['held']->timeout(0.1);
    $futures = settle($pool);
    $part = ($busy() - $cpu) / ((hrtime(true) - $wall) / 1e9);
    echo "in a $kind: ", preg_replace('/pid \d+/', 'pid PID', told($futures['held'])), "\n";
    echo 'the next one: ', $futures['next']->await(), $part < 0.5 ? '' : ", BUSY $part", "\n";
    echo 'its process: ', file_exists("/proc/$pid") ? 'held' : 'gone';
    $debugger->leave();
    while (file_exists("/proc/$pid")) {
        async(fn() => 0)->await();
        clearstatcache();
    }
    echo ", then gone\n";
}
?>
--EXPECT--
in a child of its own: Async\TimeoutException: task "held" (pid PID) did not end within 0.1 s and was killed, but the kernel has not taken its process down
the next one: a value
its process: held, then gone
in a warm worker: Async\TimeoutException: task "held" (pid PID) did not end within 0.1 s and was killed, but the kernel has not taken its process down
the next one: a value
its process: held, then gone
