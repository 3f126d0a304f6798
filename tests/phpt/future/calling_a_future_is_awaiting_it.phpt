--TEST--
Calling a future is awaiting it
--FILE--
<?php
use Async\Future;
use function Async\async;

$future = async(fn() => 'called');
echo $future(), "\n", implode(array_map(fn(Future $f) => $f(), [$future])), "\n";
?>
--EXPECT--
called
called
