--TEST--
One future twice in a list gives its value twice
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => 'once');
var_dump(await([$future, 'again' => $future]));
?>
--EXPECT--
array(2) {
  [0]=>
  string(4) "once"
  ["again"]=>
  string(4) "once"
}
