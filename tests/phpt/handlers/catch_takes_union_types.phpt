--TEST--
catch() takes union types
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$catch = fn(Async\ProcessDiedException|DomainException $e) => $e::class;
echo await(async(fn() => throw new DomainException('x'))->catch($catch)), "\n";
echo await(async(fn() => exit(1))->catch($catch)), "\n";
echo told(async(fn() => throw new LengthException('other'))->catch($catch)), "\n";
?>
--EXPECT--
DomainException
Async\ProcessDiedException
LengthException: other
