--TEST--
A pool as a value of a result is a NotSerializableException
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(fn() => ['p' => new Pool()]));
echo $e::class, ' ', $e->type, "\n";
?>
--EXPECT--
Async\NotSerializableException Async\Pool
