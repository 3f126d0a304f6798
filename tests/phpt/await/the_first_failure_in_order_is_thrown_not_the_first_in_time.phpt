--TEST--
The first failure in order is thrown, not the first in time
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$futures = [
    async(fn() => 'fine'),
    async(function () use ($gate) { $gate->pass(); throw new DomainException('first in order'); }),
    async(function () use ($gate) { $gate->open(); throw new LengthException('first in time'); }),
];
echo told(fn() => await($futures)), "\n";
?>
--EXPECT--
DomainException: first in order
