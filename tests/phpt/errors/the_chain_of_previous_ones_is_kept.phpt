--TEST--
The chain of previous ones is kept (pain 3)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(fn() => throw new DomainException('3', 3, new LengthException('2', 2, new Error('1', 1)))));
for (; $e; $e = $e->getPrevious()) {
    echo $e::class, ' ', $e->getMessage(), ' ', $e->getCode(), ' ', $e->getFile() === __FILE__ ? 'this file' : $e->getFile(), "\n";
}
?>
--EXPECT--
DomainException 3 3 this file
LengthException 2 2 this file
Error 1 1 this file
