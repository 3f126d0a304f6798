--TEST--
With SIGCHLD ignored values and failures still come, and nothing hangs (pains 27 and 28)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

pcntl_signal(SIGCHLD, SIG_IGN);
echo implode(' ', await([async(fn() => 'a'), async(fn() => 'b')])), "\n";
echo told(async(fn() => throw new DomainException('x'))), "\n";
$e = failure(async(fn() => posix_kill(getmypid(), SIGKILL))); // how it died, the kernel does not tell any more
echo $e::class, $e->getMessage() === '' ? ' without a message' : '', "\n";
?>
--EXPECT--
a b
DomainException: x
Async\ProcessDiedException
