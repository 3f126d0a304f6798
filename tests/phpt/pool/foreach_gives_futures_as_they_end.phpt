--TEST--
foreach gives the futures as they end, with their keys
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$gates = [new Gate(), new Gate(), new Gate()];
foreach ([0, 1, 2] as $i) {
    $pool["task $i"] = function () use ($gates, $i) { $gates[$i]->pass(); return $i; };
}
$gates[2]->open();
foreach ($pool as $key => $future) {
    echo $key, ' gave ', await($future), ', ', $future->status()->name, "\n";
    $next = await($future) - 1;
    if ($next >= 0) {
        $gates[$next]->open();
    }
}
?>
--EXPECT--
task 2 gave 2, Succeeded
task 1 gave 1, Succeeded
task 0 gave 0, Succeeded
