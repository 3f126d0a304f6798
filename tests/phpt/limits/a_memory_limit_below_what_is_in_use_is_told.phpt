--TEST--
A memoryLimit() below what the child has from its parent is a CannotForkException, not a task without a limit
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$large = str_repeat('x', 20 << 20);
$pool = Pool::create()->memoryLimit('8M');
$e = failure($pool->add(fn() => print("it ran\n"), 'import'));
echo $e::class, ' ', $e->errno === PCNTL_ENOMEM ? 'ENOMEM' : $e->errno, ' ', $e->limit, "\n";
echo preg_replace(['/pid \d+/', '/\d{8,}/'], ['pid PID', 'BYTES'], $e->getMessage()), "\n";
?>
--EXPECT--
Async\CannotForkException ENOMEM memory_limit
task "import" (pid PID) could not be started: its memory_limit of 8M is less than the BYTES bytes that it has from its parent; raise memoryLimit(), or start it before the parent has so much
