--TEST--
What a handler throws surfaces at await, from then(), catch() and finally()
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$throw = fn() => throw new LogicException('from the handler');
echo told(async(fn() => 1)->then($throw)), "\n";
echo told(async(fn() => throw new DomainException('x'))->catch($throw)), "\n";
echo told(async(fn() => 1)->finally($throw)), "\n";
?>
--EXPECT--
LogicException: from the handler
LogicException: from the handler
LogicException: from the handler
