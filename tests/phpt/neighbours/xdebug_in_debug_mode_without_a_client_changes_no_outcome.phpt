--TEST--
Xdebug in debug mode, with no client that answers, changes no outcome (pain 40)
--SKIPIF--
<?php
require __DIR__ . '/beside.inc'; beside('-d zend_extension=xdebug');
?>
--FILE--
<?php
require __DIR__ . '/beside.inc';

echo php(ALL_KINDS, '-d zend_extension=xdebug -d xdebug.mode=debug -d xdebug.start_with_request=yes -d xdebug.client_host=127.0.0.1 -d xdebug.client_port=1 -d xdebug.log_level=0');
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
