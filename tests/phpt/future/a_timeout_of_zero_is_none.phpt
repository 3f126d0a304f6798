--TEST--
A timeout of zero is none, for the future and for the pool (pain 33)
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->timeout(0)->timeout(null);
$pool[] = async(function () use ($gate) { $gate->pass(); return 'in its own time'; })->timeout(0.0);
$pool[] = fn() => usleep(20_000);
failure(fn() => await($pool, 0.05));
$gate->open();
echo await($pool)[0], "\n";
?>
--EXPECT--
in its own time
