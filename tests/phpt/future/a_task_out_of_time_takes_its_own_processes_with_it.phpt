--TEST--
A task out of time takes the processes that it started with it (pain 32)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$future = async(function () use ($notes) {
    $process = proc_open(['sleep', '60'], [], $pipes);
    $notes->write(proc_get_status($process)['pid']);
    (new Gate())->never();
});
$grandchild = (int) $notes->next();
$future->timeout(0.05);
echo failure(fn() => await($future))::class, "\n";
ended($grandchild);
echo "gone\n";
?>
--EXPECT--
Async\TimeoutException
gone
