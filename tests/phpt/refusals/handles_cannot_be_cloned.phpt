--TEST--
Pools and futures cannot be cloned
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1);
echo told(fn() => clone $future), "\n", told(fn() => clone new Pool()), "\n";
await($future);
?>
--EXPECT--
Error: Trying to clone an uncloneable object of class Async\Future
Error: Trying to clone an uncloneable object of class Async\Pool
