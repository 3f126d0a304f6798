--TEST--
A task that waits for a slot outside of any pool is cancelled when it is added to a pool that was stopped
--INI--
async.concurrency=1
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$first = async(fn() => $gate->pass());
$waiting = async(fn() => 'ran')->finally(function () { echo "its end is told\n"; });
$next = async(fn() => 'ran');
echo $waiting->status()->name, ' ', $next->status()->name, "\n";
$pool = (new Pool())->stop();
$pool['x'] = $waiting;
foreach ($pool as $future) {
    echo $future->status()->name, "\n";
}
$gate->open();
echo await($next), ' ', json_encode(await($pool)), "\n";
?>
--EXPECT--
Queued Queued
its end is told
Cancelled
ran []
