--TEST--
Failures of inner tasks come through all levels as they are
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

echo told(async(fn() => await(async(fn() => await(async(fn() => throw new DomainException('from the depth'))))))), "\n";
$e = failure(async(fn() => await(async(fn() => posix_kill(getmypid(), SIGKILL)))));
echo $e::class, ' ', $e->signalName, "\n";
?>
--EXPECT--
DomainException: from the depth
Async\ProcessDiedException SIGKILL
