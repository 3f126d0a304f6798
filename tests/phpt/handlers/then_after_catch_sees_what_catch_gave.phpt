--TEST--
Handlers form a chain: then() after catch() sees what catch() gave
--FILE--
<?php
use function Async\{async, await};

echo await(async(fn() => throw new DomainException('x'))
    ->then(fn() => 'skipped')
    ->catch(fn(DomainException $e) => 'caught')
    ->then(fn(string $value) => "$value, and used")), "\n";
?>
--EXPECT--
caught, and used
