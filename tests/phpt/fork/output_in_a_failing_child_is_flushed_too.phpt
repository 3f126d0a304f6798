--TEST--
What a child printed before it failed is flushed too (pain 19)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

echo failure(async(function () { echo "before the exception\n"; throw new DomainException('x'); }))::class, "\n";
echo failure(async(function () { ob_start(); echo "before the exit\n"; exit(1); }))::class, "\n";
?>
--EXPECT--
before the exception
DomainException
before the exit
Async\ProcessDiedException
