--TEST--
A task that waits to be added starts when start() is called instead
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = new Pool();
$future = (fn() => async(function () use ($gate) { $gate->open(); return 'ran'; }))();
echo $future->status()->name, "\n";

var_dump($future->start() === $future);
$gate->pass(); // it runs, and nobody awaited it
var_dump($future->start() === $future, await($future));
?>
--EXPECT--
Pending
bool(true)
bool(true)
string(3) "ran"
