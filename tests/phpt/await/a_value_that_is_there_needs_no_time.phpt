--TEST--
A value that is there needs no time
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => 'there');
await($future);
var_dump(await($future, 0), $future->await(0.0), await([$future], 0));
?>
--EXPECT--
string(5) "there"
string(5) "there"
array(1) {
  [0]=>
  string(5) "there"
}
