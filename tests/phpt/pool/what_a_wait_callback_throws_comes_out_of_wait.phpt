--TEST--
What the callback of wait() throws comes out of wait(); the tasks go on
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = new Pool();
$pool[] = function () use ($gate) { $gate->pass(); return 'went on'; };
echo told(fn() => $pool->wait(fn() => throw new LogicException('from the callback'))), "\n";
$gate->open();
echo await($pool)[0], "\n";
?>
--EXPECT--
LogicException: from the callback
went on
