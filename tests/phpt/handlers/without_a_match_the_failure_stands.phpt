--TEST--
Without a match the failure stands
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

echo told(async(fn() => throw new DomainException('stands'))->catch(fn(LengthException $e) => 'no')), "\n";
?>
--EXPECT--
DomainException: stands
