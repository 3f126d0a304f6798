--TEST--
A future that is dropped before it started is started in the default pool
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = new Pool();

async(fn() => $notes->write('dropped by its statement'));
echo $notes->next(), "\n";

$waiting = (fn() => async(fn() => $notes->write('dropped, and run')))();
echo $waiting->status()->name, "\n";
unset($waiting);
echo $notes->next(), "\n";
?>
--EXPECT--
dropped by its statement
Pending
dropped, and run
