--TEST--
A task that closes every descriptor of a warm worker has its value or runs out of time; others run in other children
--EXTENSIONS--
ffi
posix
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
    $closes = function () use ($kind) { close_all($kind); in_state(posix_getppid(), 'S'); return getmypid(); };
    $pids = [];
    foreach (['before' => getmypid(...), 'closes' => $closes, 'after' => getmypid(...)] as $name => $task) {
        $pids[$name] = await($pool->add($task));
    }
    check('a value', $pids['closes'] === $pids['before'], $pids);
    check('from another child', $pids['after'] !== $pids['before'], $pids);
}

// Its parent does not wait, so that there is nobody to be woken.
$pool['closes'] = function () { close_all(); return getmypid(); };
$pool['after'] = getmypid(...);
ended($pids['after']);
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
