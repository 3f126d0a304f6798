--TEST--
A warm worker that is killed in the middle of a task takes the tasks and programs that it started with it
--FILE--
<?php
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$notes = new Notes();
$pool = warm(2);
$pool['nested'] = function () use ($notes) {
    async(function () use ($notes) { $notes->write(getmypid()); (new Gate())->never(); })->start();
    $notes->write(getmypid());
    (new Gate())->never();
};
$pool['stopped'] = function () use ($notes) {
    $notes->write(getmypid());
    posix_kill(getmypid(), SIGSTOP);
};
while (count($pool->getInProgress()) < 2) {
    $pool->tick(); // they cannot be sent: a child is forked for each
}
$pids = [(int) $notes->next(), (int) $notes->next(), (int) $notes->next()];
posix_kill($pool['nested']->pid(), SIGKILL);
$pool['stopped']->timeout(0.05);
for ($i = 0; $i < 10; $i++) {
    $pool[] = fn() => $i;
}
foreach (settle($pool) as $key => $future) {
    $future->error() === null or print($key . ': ' . $future->error()::class . "\n");
}
ended(...$pids);
echo array_sum(array_map(fn($future) => $future->error() ? 0 : $future->await(), settle($pool))), "\n";
?>
--EXPECT--
nested: Async\ProcessDiedException
stopped: Async\TimeoutException
45
