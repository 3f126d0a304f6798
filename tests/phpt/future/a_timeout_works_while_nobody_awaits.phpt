--TEST--
A timeout works while nobody awaits: in the parent's background
--FILE--
<?php
use Async\Status;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => (new Gate())->never())->timeout(0.05);
ended($future->pid());
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while ($future->status() === Status::Running && hrtime(true) < $deadline);
echo $future->status()->name, "\n";
echo failure(fn() => await($future))::class, "\n";
?>
--EXPECT--
TimedOut
Async\TimeoutException
