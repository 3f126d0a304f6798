--TEST--
A task is cancelled wherever it is: on the way to a child, in one, or not at all when it has ended
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

/** A pool with one task in each of two children, and $n more that wait. */
function busy(int $n): Pool
{
    $gate = new Gate();
    $pool = warm(2);
    $pool->add(fn() => $gate->never(), 'k0');
    $pool->add(fn() => $gate->never(), 'k1');
    while (count($pool->getInProgress()) < 2) {
        $pool->tick();
    }
    for ($i = 2; $i < 2 + $n; $i++) {
        $pool->add(fn() => $i, "k$i");
    }
    return $pool;
}

function outcomes(Pool $pool): string
{
    return json_encode(array_map(fn($future) => $future->error() ? $future->error()::class : $future->await(), settle($pool)));
}

$pool = busy(3);
echo told(fn() => $pool['k3']->await(0.01)), "\n";
var_dump($pool['k3']->cancel(), $pool['k0']->cancel(), $pool['k4']->await(), $pool['k4']->cancel());
$pool['k1']->cancel();
echo outcomes($pool), "\n";

$pool = busy(3);
unset($pool['k0'], $pool['k3']);
$pool['k1']->cancel();
echo outcomes($pool), "\n";

$pool = busy(2)->cancel();
echo outcomes($pool), "\n";

$pool = busy(2)->stop();
$pool['k0']->cancel();
$pool['k1']->cancel();
echo outcomes($pool), "\n";

$gate = new Gate();
$pool = warm(2);
for ($i = 0; $i < 6; $i++) {
    $pool[] = function () use ($gate, $i) { $gate->pass(); return $i; };
}
while (count($pool->getInProgress()) < 2) {
    $pool->tick();
}
$pool->stop();
$gate->open(2);
echo json_encode(array_count_values(json_decode(outcomes($pool), true))), "\n";
?>
--EXPECT--
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
bool(true)
bool(true)
int(4)
bool(false)
{"k0":"Async\\CancelledException","k1":"Async\\CancelledException","k2":2,"k3":"Async\\CancelledException","k4":4}
{"k1":"Async\\CancelledException","k2":2,"k4":4}
{"k0":"Async\\CancelledException","k1":"Async\\CancelledException","k2":"Async\\CancelledException","k3":"Async\\CancelledException"}
{"k0":"Async\\CancelledException","k1":"Async\\CancelledException","k2":"Async\\CancelledException","k3":"Async\\CancelledException"}
{"0":1,"1":1,"Async\\CancelledException":4}
