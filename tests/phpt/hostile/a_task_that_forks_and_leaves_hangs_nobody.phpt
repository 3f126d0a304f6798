--TEST--
A task that leaves a fork of its own behind, which holds the result pipe, hangs nobody: value, death and exit are told
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$leave = function () use ($notes) {
    $pid = pcntl_fork();
    while ($pid === 0) {
        sleep(60);
    }
    $notes->write($pid); // here, where it is known in time: one that is not killed below holds up the whole run
};
$pool = Pool::create()->concurrency(2);
$pool['value'] = function () use ($leave) { $leave(); return 'a value'; };
$pool['death'] = function () use ($leave) { $leave(); posix_kill(getmypid(), SIGKILL); };
$pool['exit'] = function () use ($leave) { $leave(); exit(3); };
$pool['after'] = fn() => 'fine';
foreach (settle($pool) as $name => $future) {
    echo $name, ': ', $future->error() === null ? $future->await() : $future->error()::class, "\n";
}
foreach ($notes->all() as $pid) {
    echo alive((int) $pid) ? "left to itself\n" : "GONE\n";
    posix_kill((int) $pid, SIGKILL);
}
?>
--EXPECT--
value: a value
death: Async\ProcessDiedException
exit: Async\ProcessDiedException
after: fine
left to itself
left to itself
left to itself
