--TEST--
die() with a text prints it, and is a death with code 0
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(fn() => die("last words\n")));
echo $e::class, ' ', $e->exitCode, "\n";
?>
--EXPECT--
last words
Async\ProcessDiedException 0
