--TEST--
A task out of time ends whatever it does: a loop, a system call, a process of its own (pain 32)
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$fifo = sys_get_temp_dir() . '/async-fifo-' . getmypid();
posix_mkfifo($fifo, 0600);
$lock = fopen($fifo, 'r+'); // it is never written to
flock($lock, LOCK_EX);
$tasks = [
    'loop' => function () { while (true); },
    'sleep' => fn() => sleep(60),
    'fifo' => fn() => fread(fopen($fifo, 'r'), 1),
    'flock' => fn() => flock(fopen($fifo, 'r+'), LOCK_EX),
    'task' => fn() => Async\await(Async\async(fn() => sleep(60))),
    'exec' => fn() => shell_exec('echo $$; sleep 60'),
    'ignores SIGTERM' => function () { pcntl_signal(SIGTERM, SIG_IGN); while (true) { sleep(60); } },
    'stopped' => fn() => posix_kill(getmypid(), SIGSTOP),
];
$pool = Pool::create()->timeout(0.2);
foreach ($tasks as $name => $task) {
    $pool[$name] = $task;
}
foreach (settle($pool) as $name => $future) {
    ended($future->pid());
    echo $name, ': ', $future->status()->name, "\n";
}
unlink($fifo);
?>
--EXPECT--
loop: TimedOut
sleep: TimedOut
fifo: TimedOut
flock: TimedOut
task: TimedOut
exec: TimedOut
ignores SIGTERM: TimedOut
stopped: TimedOut
