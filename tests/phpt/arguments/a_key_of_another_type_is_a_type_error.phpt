--TEST--
A key of another type is a TypeError; null appends
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
foreach ([1.5, true, [], new stdClass()] as $key) {
    echo failure(fn() => $pool[$key] = fn() => 1) instanceof TypeError ? 'TypeError' : 'accepted', ' ',
        failure(fn() => isset($pool[$key])) instanceof TypeError ? 'TypeError' : 'no', "\n";
}
var_dump(count($pool));
$pool[null] = fn() => 1;
var_dump($pool->keys());
await($pool);
?>
--EXPECT--
TypeError TypeError
TypeError TypeError
TypeError TypeError
TypeError TypeError
int(0)
array(1) {
  [0]=>
  int(0)
}
