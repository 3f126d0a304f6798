--TEST--
What catch() returns is the value, null too, and no failure is left
--FILE--
<?php
use function Async\{async, await};

var_dump(await(async(fn() => throw new DomainException('x'))->catch(fn(DomainException $e) => null)));
var_dump(await(async(fn() => throw new DomainException('x'))->catch(function (DomainException $e) {})));
var_dump(await([async(fn() => throw new DomainException('x'))->catch(fn() => 'caught'), async(fn() => 'fine')]));
?>
--EXPECT--
NULL
NULL
array(2) {
  [0]=>
  string(6) "caught"
  [1]=>
  string(4) "fine"
}
