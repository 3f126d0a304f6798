--TEST--
A running future of the parent cannot be awaited in a child: AsyncError, not a hang
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$running = async(function () use ($gate) { $gate->pass(); return 'awaited by the parent'; });
echo failure(async(fn() => await($running)))::class, "\n";
echo failure(async(fn() => $running->cancel()))::class, "\n";
$gate->open();
echo await($running), "\n";
?>
--EXPECT--
Async\AsyncError
Async\AsyncError
awaited by the parent
