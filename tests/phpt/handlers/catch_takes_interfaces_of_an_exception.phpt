--TEST--
catch() takes an interface that the exception has
--FILE--
<?php
use function Async\{async, await};

interface Retryable {}
final class Busy extends RuntimeException implements Retryable {}
echo await(async(fn() => throw new Busy('later'))->catch(fn(Retryable $e) => 'retry ' . $e->getMessage())), "\n";
?>
--EXPECT--
retry later
