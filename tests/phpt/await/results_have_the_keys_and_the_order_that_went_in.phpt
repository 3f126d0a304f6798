--TEST--
Results have the keys and the order that went in, whatever ended first (pain 6)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$b = new Gate();
$a = new Gate();
$values = await([
    'a' => async(function () use ($a) { $a->pass(); return 'last'; }),
    'b' => async(function () use ($a, $b) { $b->pass(); $a->open(); return 'second'; }),
    'c' => async(function () use ($b) { $b->open(); return 'first'; }),
]);
var_dump($values);
?>
--EXPECT--
array(3) {
  ["a"]=>
  string(4) "last"
  ["b"]=>
  string(6) "second"
  ["c"]=>
  string(5) "first"
}
