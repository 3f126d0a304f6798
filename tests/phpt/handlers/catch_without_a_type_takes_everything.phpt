--TEST--
catch() without a type, or without a parameter, takes everything
--FILE--
<?php
use function Async\{async, await};

$fails = fn() => throw new DomainException('x');
echo await(async($fails)->catch(fn($e) => 'untyped: ' . $e::class)), "\n";
echo await(async($fails)->catch(fn(mixed $e) => 'mixed: ' . $e::class)), "\n";
echo await(async($fails)->catch(fn() => 'no parameter')), "\n";
echo await(async(fn() => nowhere())->catch(fn(Throwable $e) => $e->getMessage())), "\n";
?>
--EXPECT--
untyped: DomainException
mixed: DomainException
no parameter
Call to undefined function nowhere()
