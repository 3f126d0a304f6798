--TEST--
A future that is dropped before it started is started in the default pool
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = new Pool();

async(fn() => $notes->write('dropped, and run'));
echo $notes->next(), "\n";
?>
--EXPECT--
dropped, and run
