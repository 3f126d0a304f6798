--TEST--
A running task of the parent cannot be added to a pool of its child: AsyncError
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$running = async(fn() => $gate->pass());
echo await(async(function () use ($running) {
    $pool = new Pool();
    return told(fn() => $pool[] = $running) . ' ' . count($pool);
})), "\n";
$gate->open();
await($running);
?>
--EXPECT--
Async\AsyncError: this future belongs to another process: only the one that started it can await, change or cancel it 0
