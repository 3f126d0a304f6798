--TEST--
unset cancels a task and takes it out of the pool
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
$pool['running'] = fn() => $gate->never();
$pool['queued'] = fn() => 1;
$pool['kept'] = fn() => 'kept';
[$running, $queued] = [$pool['running'], $pool['queued']];
$pid = $running->pid();

unset($pool['running'], $pool['queued'], $pool['never there']);
var_dump(count($pool), isset($pool['running']), await($pool));
var_dump($running->status(), $queued->status());
ended($pid);
?>
--EXPECT--
int(1)
bool(false)
array(1) {
  ["kept"]=>
  string(4) "kept"
}
enum(Async\Status::Cancelled)
enum(Async\Status::Cancelled)
