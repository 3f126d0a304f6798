--TEST--
tick() never blocks, and tells how many have ended since the last one
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = new Pool();
var_dump($pool->tick());
$pool[] = fn() => $gate->pass();
$pool[] = fn() => $gate->pass();
var_dump($pool->tick());
$gate->open(2);
ended($pool[0]->pid(), $pool[1]->pid());
$n = 0;
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while (($n += $pool->tick()) < 2 && hrtime(true) < $deadline);
var_dump($n, $pool->tick(), count($pool->getFinished()));
?>
--EXPECT--
int(0)
int(0)
int(2)
int(0)
int(2)
