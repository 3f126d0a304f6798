--TEST--
add() takes its key as an array would
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
$pool->add(fn() => 'a', '3');
$pool->add(fn() => 'b');
var_dump($pool->keys());
await($pool);
?>
--EXPECT--
array(2) {
  [0]=>
  int(3)
  [1]=>
  int(4)
}
