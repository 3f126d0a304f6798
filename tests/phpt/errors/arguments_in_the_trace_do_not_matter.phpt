--TEST--
Arguments that cannot be sent do not matter in a trace
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

function takes(Closure $fn, $stream): never { throw new DomainException('thrown'); }
echo told(async(fn() => takes(fn() => 1, STDIN))), "\n";
?>
--EXPECT--
DomainException: thrown
