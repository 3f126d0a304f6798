--TEST--
With async.mode=sync exit() ends the task and not the script, wherever the task was begun; the script has its own exit code
--INI--
async.mode=sync
--FILE--
<?php
use Async\{Pool, ProcessDiedException};
use function Async\{async, await, map};

require __DIR__ . '/../../support/sync.php';

function deep(int $n): never
{
    try {
        $n > 0 ? deep($n - 1) : exit(3);
    } finally {
        // exit() runs no finally
        echo "FINALLY\n";
    }
}

$show = function (callable $fn) {
    try {
        echo json_encode($fn()), "\n";
    } catch (ProcessDiedException $e) {
        echo json_encode([$e->exitCode, $e->signal, $e->pid, $e->task, $e->lastError]), ' ', preg_replace('/\d+/', 'N', $e->getMessage()), "\n";
    }
};
$show(fn() => await(async(fn() => deep(5))));
$show(fn() => await(async(function () { exit("a text\n"); })));
$show(fn() => await(async(fn() => await(async(fn() => exit(4))))));
$pool = new Pool();
$pool['assigned'] = fn() => exit(5);
$pool->add(fn() => exit(6), 'added');
$pool['fine'] = fn() => 'fine';
foreach (Async\settle($pool) as $future) {
    $show(fn() => $future->await());
}
$show(fn() => map([1, 2, 3], fn(int $n) => $n === 2 ? exit(7) : $n));
foreach (Pool::create()->map([1, 2], fn(int $n) => $n * 10) as $key => $value) {
    echo "$key => $value\n";
}
echo await(async(fn() => exit(8))->catch(fn(ProcessDiedException $e) => 'handled')), "\n";

// The exit code is the script's own.
$code = 'try { Async\await(Async\async(fn() => exit(9))); } catch (Async\ProcessDiedException) { echo "went on\n"; }';
passthru(php_command('-d async.mode=sync') . ' -r ' . escapeshellarg($code), $status);
echo $status, "\n";
// One that the script's own signal handler calls ends the script, also in the middle of a task.
$code = 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, fn() => exit(11));'
    . 'Async\await(Async\async(function () { posix_kill(getpid(), SIGUSR1); for ($i = 0; $i < 1000; $i++); echo "WENT ON\n"; })); echo "WENT ON\n";';
passthru(php_command('-d async.mode=sync') . ' -r ' . escapeshellarg(str_replace('getpid()', 'getmypid()', $code)), $status);
echo $status, "\n";
?>
--EXPECT--
[3,null,null,"#1",null] task #N called exit(N) and gave no value; return a value instead
a text
[0,null,null,"#2",null] task #N called exit(N) and gave no value; return a value instead
[4,null,null,"#4",null] task #N called exit(N) and gave no value; return a value instead
[5,null,null,"assigned",null] task "assigned" called exit(N) and gave no value; return a value instead
[6,null,null,"added",null] task "added" called exit(N) and gave no value; return a value instead
"fine"
[7,null,null,"1",null] task [N] called exit(N) and gave no value; return a value instead
0 => 10
1 => 20
handled
went on
0
11
