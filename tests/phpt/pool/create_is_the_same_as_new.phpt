--TEST--
Pool::create() is the same as new Pool
--FILE--
<?php
use Async\Pool;

var_dump(Pool::create()::class, count(Pool::create()), count(new Pool()), (new Pool())->keys());
?>
--EXPECT--
string(10) "Async\Pool"
int(0)
int(0)
array(0) {
}
