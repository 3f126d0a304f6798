--TEST--
A task that replaces its process is a death with the exit code of the other program
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(fn() => pcntl_exec('/bin/sh', ['-c', 'exit 7'])));
echo $e::class, ' ', $e->exitCode, "\n";
?>
--EXPECT--
Async\ProcessDiedException 7
