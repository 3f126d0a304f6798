--TEST--
The key is the one in the pool; none without a pool
--FILE--
<?php
use Async\Pool;
use function Async\async;

var_dump(async(fn() => 1)->key());
$pool = new Pool();
$pool['name'] = fn() => 1;
$pool[] = $second = async(fn() => 2);
var_dump($pool['name']->key(), $second->key());
?>
--EXPECT--
NULL
string(4) "name"
int(0)
