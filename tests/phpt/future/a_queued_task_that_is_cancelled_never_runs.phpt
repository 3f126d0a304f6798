--TEST--
A queued task that is cancelled never runs
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$notes = new Notes();
$pool = Pool::create()->concurrency(1);
$pool['first'] = fn() => $gate->pass();
$pool['second'] = fn() => $notes->write('ran');
$second = $pool['second'];

var_dump($second->cancel(), $second->status(), $second->pid());
$gate->open();
await($pool['first']);
var_dump($notes->all());
echo failure(fn() => await($second))::class, "\n";
?>
--EXPECT--
bool(true)
enum(Async\Status::Cancelled)
NULL
array(0) {
}
Async\CancelledException
