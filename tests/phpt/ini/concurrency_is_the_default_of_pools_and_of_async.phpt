--TEST--
async.concurrency is the default of pools, and of async() without one
--INI--
async.concurrency=2
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$task = fn() => $gate->pass();
$futures = [async($task), async($task), async($task)];
echo implode(' ', array_map(fn($f) => $f->status()->name, $futures)), "\n";
$gate->open(3);
await($futures);
$pool = new Pool();
for ($i = 0; $i < 3; $i++) {
    $pool[] = $task;
}
echo implode(' ', array_map(fn($i) => $pool[$i]->status()->name, [0, 1, 2])), "\n";
$gate->open(3);
await($pool);
?>
--EXPECT--
Running Running Queued
Running Running Queued
