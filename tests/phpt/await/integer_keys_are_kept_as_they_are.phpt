--TEST--
Integer keys are kept as they are, gaps and order too
--FILE--
<?php
use function Async\{async, await};

var_dump(array_keys(await([7 => async(fn() => 1), 3 => async(fn() => 2), -1 => async(fn() => 3)])));
?>
--EXPECT--
array(3) {
  [0]=>
  int(7)
  [1]=>
  int(3)
  [2]=>
  int(-1)
}
