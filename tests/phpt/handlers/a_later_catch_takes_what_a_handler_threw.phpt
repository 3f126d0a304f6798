--TEST--
A later catch() takes what an earlier handler threw
--FILE--
<?php
use function Async\{async, await};

echo await(async(fn() => 1)
    ->then(fn() => throw new LengthException('from then'))
    ->catch(fn(LengthException $e) => 'caught ' . $e->getMessage())), "\n";
?>
--EXPECT--
caught from then
