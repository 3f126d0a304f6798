--TEST--
The trace is the child's: the functions of the task are in it
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

function innermost(): never { throw new DomainException('deep'); }
function middle(): never { innermost(); }
$e = failure(async(fn() => middle()));
$functions = array_column($e->getTrace(), 'function');
var_dump(array_slice($functions, 0, 2), str_contains($e->getTraceAsString(), 'middle()'));
?>
--EXPECT--
array(2) {
  [0]=>
  string(9) "innermost"
  [1]=>
  string(6) "middle"
}
bool(true)
