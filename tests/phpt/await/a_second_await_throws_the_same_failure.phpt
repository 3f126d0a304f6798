--TEST--
A second await throws the same failure again
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => throw new DomainException('again'));
echo told(fn() => await($future)), "\n", told(fn() => await($future)), "\n", told($future), "\n";
?>
--EXPECT--
DomainException: again
DomainException: again
DomainException: again
