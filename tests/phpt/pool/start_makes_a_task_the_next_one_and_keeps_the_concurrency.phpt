--TEST--
start() of a queued future makes it the next one, and keeps the pool's concurrency
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$notes = new Notes();
$pool = Pool::create()->concurrency(1);
$pool['runs'] = fn() => $gate->pass();
$pool['first'] = fn() => $notes->write('first');
$pool['hurried'] = fn() => $notes->write('hurried');
$pool['hurried']->start();
echo count($pool->getInProgress()), ' ', implode(' ', array_keys($pool->getQueue())), "\n";
$gate->open();
await($pool);
echo implode(' ', $notes->all()), "\n";
?>
--EXPECT--
1 first hurried
hurried first
