--TEST--
A child has the values of futures that had ended before it was forked
--FILE--
<?php
use function Async\{async, await};

$first = async(fn() => 20);
await($first);
echo await(async(fn() => await($first) + 1)), "\n";
?>
--EXPECT--
21
