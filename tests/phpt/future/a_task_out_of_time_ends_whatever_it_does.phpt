--TEST--
A task out of time ends whatever it does: a loop, a system call, a process of its own (pain 32)
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$tasks = [
    'loop' => function () { while (true); },
    'sleep' => fn() => sleep(60),
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
?>
--EXPECT--
loop: TimedOut
sleep: TimedOut
exec: TimedOut
ignores SIGTERM: TimedOut
stopped: TimedOut
