--TEST--
A running task that is cancelled ends, and its slot is free again
--FILE--
<?php
use Async\{CancelledException, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
$pool['first'] = fn() => $gate->never();
$pool['second'] = fn() => 'has a slot now';
$first = $pool['first'];
$pid = $first->pid();

var_dump($first->cancel());
$e = failure(fn() => await($first));
var_dump($e instanceof CancelledException, $e->getMessage() !== '', $first->status());
ended($pid);
echo await($pool['second']), "\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
enum(Async\Status::Cancelled)
has a slot now
