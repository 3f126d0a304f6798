--TEST--
A running task that is added to a pool holds one of its slots until it has ended
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1);
$gate = new Gate();
$running = async(function () use ($gate) { $gate->pass(); return 'before'; });
var_dump($running->status());

$pool['running'] = $running;
$pool['next'] = fn() => 'after';
var_dump($running->key(), $pool['running'] === $running, count($pool), $pool['next']->status());
var_dump(array_keys($pool->getInProgress()), array_keys($pool->getQueue()));

$gate->open();
foreach ($pool as $key => $future) {
    echo $key, ' ';
}
echo json_encode(await($pool)), "\n";
echo told(fn() => Pool::create()->add($running)), "\n";
?>
--EXPECT--
enum(Async\Status::Running)
string(7) "running"
bool(true)
int(2)
enum(Async\Status::Queued)
array(1) {
  [0]=>
  string(7) "running"
}
array(1) {
  [0]=>
  string(4) "next"
}
running next {"running":"before","next":"after"}
Async\AsyncError: this future is in a pool already
