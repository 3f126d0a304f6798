--TEST--
A task that waits for a slot outside of any pool waits in the queue of the pool once it is added
--INI--
async.concurrency=1
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$first = async(fn() => $gate->pass());
$waiting = async(fn() => 'ran in a slot of the pool');
var_dump($waiting->status());

$pool = Pool::create()->concurrency(1);
$pool['x'] = $waiting;
echo await($waiting), "\n"; // the first one is still there
var_dump($first->status());
$gate->open();
await($first);
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
enum(Async\Status::Queued)
ran in a slot of the pool
enum(Async\Status::Running)
{"x":"ran in a slot of the pool"}
