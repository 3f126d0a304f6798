--TEST--
catch() is chosen by the type of its first parameter: the first that matches
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => throw new DomainException('mine'))
    ->catch(fn(RuntimeException $e) => 'a runtime exception')
    ->catch(fn(LogicException $e) => 'a logic exception: ' . $e->getMessage())
    ->catch(fn(DomainException $e) => 'too late')
    ->catch(fn(Throwable $e) => 'much too late');
echo await($future), "\n";
?>
--EXPECT--
a logic exception: mine
