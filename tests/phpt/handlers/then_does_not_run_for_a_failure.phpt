--TEST--
then() does not run for a failure
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => throw new DomainException('no'))->then(function () { echo "ran\n"; });
echo told(fn() => await($future)), "\n";
?>
--EXPECT--
DomainException: no
