--TEST--
wait() calls its callback while it waits, with the pool; a true from it stops the waiting
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = new Pool();
$pool['ended'] = fn() => 1;
$pool['running'] = fn() => $gate->pass();
await($pool['ended']);
$ticks = 0;
$values = $pool->wait(function ($given) use ($pool, &$ticks) {
    if ($given !== $pool) {
        echo "not the pool\n";
    }
    return ++$ticks === 3;
});
var_dump($ticks, $values, $pool['running']->status());
$gate->open();
$values = $pool->wait(fn() => 'not true');
var_dump(array_keys($values));
?>
--EXPECT--
int(3)
array(1) {
  ["ended"]=>
  int(1)
}
enum(Async\Status::Running)
array(2) {
  [0]=>
  string(5) "ended"
  [1]=>
  string(7) "running"
}
