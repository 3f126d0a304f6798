--TEST--
A task that closes every descriptor of a child that stays has its value or runs out of time; others run in other children
--EXTENSIONS--
ffi
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

function close_all(string $kind = ''): void
{
    $c = FFI::cdef('int close(int fd);');
    for ($fd = 0; $fd < 1024; $fd++) {
        if ($kind === '' || @readlink("/proc/self/fd/$fd") === $kind) {
            $c->close($fd);
        }
    }
}

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
foreach (['', 'anon_inode:[eventfd]'] as $kind) {
    $closes = function () use ($kind) { close_all($kind); usleep(50_000); return getmypid(); }; // its parent sleeps by now
    $pids = [];
    foreach (['before' => getmypid(...), 'closes' => $closes, 'after' => getmypid(...)] as $name => $task) {
        $pids[$name] = await($pool->add($task));
    }
    check('a value', $pids['closes'] === $pids['before'], $pids);
    check('from another child', $pids['after'] !== $pids['before'], $pids);
}

// Nobody sleeps who would have to be woken: both are posted, and their parent does something else.
$pool['closes'] = function () { close_all(); return getmypid(); };
$pool['after'] = getmypid(...);
usleep(50_000);
$pids = await($pool);
check('from another child', $pids['after'] !== $pids['closes'], $pids);
$pool->clearFinished();

$pool[] = async(function () { close_all(); while (true) { sleep(60); } })->timeout(0.2);
echo told(fn() => await($pool)), "\n";
?>
--EXPECTF--
a value: yes
from another child: yes
a value: yes
from another child: yes
from another child: yes
Async\TimeoutException: %s
