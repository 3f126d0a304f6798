--TEST--
Nothing is left in the system when the script and its tasks are killed
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

function left(): array
{
    $ipc = array_map(fn(string $kind) => count(file("/proc/sysvipc/$kind")), ['sem', 'shm', 'msg']);
    return [...$ipc, ...array_values(preg_grep('/async|lock/i', scandir('/dev/shm') ?: []))];
}

$before = left();
$script = new Script('
    $all = [new Async\Mutex(), new Async\Semaphore(3), new Async\Counter(), new Async\Shared([1])];
    [$gate, $closed] = [new Gate(), new Gate()];
    $task = async(function () use ($all, $gate, $closed) {
        $all[0]->acquire();
        $all[1]->acquire();
        $gate->open();
        $closed->never();
    })->start();
    $gate->pass();
    // The name of the mappings says that they have none.
    preg_match_all("~ rw-s \S+ \S+ \S+ +(.+)$~m", file_get_contents("/proc/self/maps"), $maps);
    echo $task->pid(), " ", implode(",", array_unique($maps[1])), "\n";
    $all[0]->acquire();
');
[$pid, $maps] = explode(' ', $script->line(), 2);
$names = array_diff(explode(',', $maps), ['/dev/zero (deleted)', '/memfd:async (deleted)']);
check('anonymous', $names === [], $maps);
$script->signal(SIGKILL);
$script->end();
ended((int) $pid);
check('nothing left', left() === $before);
?>
--EXPECT--
anonymous: yes
nothing left: yes
