--TEST--
A loop of the application that waits for any child takes nothing but the status (pains 27 and 28)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$future = async(function () use ($gate) { $gate->pass(); return 'the value'; });
$dies = async(function () use ($gate) { $gate->pass(); exit(3); });
$gate->open(2);
while (pcntl_wait($status) > 0);
echo await($future), "\n";
$e = failure($dies);
echo $e::class, $e->getMessage() === '' ? ' without a message' : '', "\n";
?>
--EXPECT--
the value
Async\ProcessDiedException
