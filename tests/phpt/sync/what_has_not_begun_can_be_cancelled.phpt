--TEST--
With async.mode=sync what has not begun can be cancelled, what has ended cannot, and what cancels itself is cancelled when it returns
--INI--
async.mode=sync
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = new Pool();
$hand = fn(Async\Future $future) => $future;
$waits = $hand(async(function () { echo "RUNS\n"; }));
echo $waits->status()->name, ' ';
var_dump($waits->cancel());
echo $waits->status()->name, ' ', $waits->error()::class, "\n";

$ended = async(fn() => 1);
var_dump($ended->cancel(), await($ended));

$pool['self'] = function () use ($pool) {
    echo $pool['self']->status()->name, ' ', $pool->status()->running, "\n";
    var_dump($pool['self']->cancel());
    echo "goes on to its end\n";
    return 'value';
};
echo $pool['self']->status()->name, ' ', $pool['self']->error()::class, ' ', json_encode(await($pool)), "\n";

$pool->stop();
$pool['late'] = function () { echo "RUNS\n"; };
echo $pool['late']->status()->name, ' ', $pool->status()->failed, "\n";
$dropped = function () { $hand = fn($future) => $future; $hand(async(function () { echo "a dropped one is run\n"; })); };
$dropped();
unset($pool);
?>
--EXPECT--
Pending bool(true)
Cancelled Async\CancelledException
bool(false)
int(1)
Running 1
bool(true)
goes on to its end
Cancelled Async\CancelledException []
Cancelled 2
a dropped one is run
