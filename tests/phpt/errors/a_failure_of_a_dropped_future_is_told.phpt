--TEST--
A failure of a future that was dropped at once is told too, once
--FILE--
<?php
use function Async\async;

async(fn() => throw new DomainException('dropped at once'));
?>
--EXPECTF--
Warning: %SDomainException%Sdropped at once%S in %s on line %d
