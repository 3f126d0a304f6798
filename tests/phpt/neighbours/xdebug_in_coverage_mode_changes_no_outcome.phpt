--TEST--
Xdebug in coverage mode changes no outcome (pain 40)
--SKIPIF--
<?php
require __DIR__ . '/beside.inc'; beside('-d zend_extension=xdebug');
?>
--FILE--
<?php
require __DIR__ . '/beside.inc';

echo php(ALL_KINDS, '-d zend_extension=xdebug -d xdebug.mode=coverage');
?>
--EXPECT--
value: 5050
object: {"0":1,"1":2}
throw: DomainException 7
exit: Async\ProcessDiedException 0
killed: Async\ProcessDiedException 0
nested: "inner"
handled: 2
50
exit 0
