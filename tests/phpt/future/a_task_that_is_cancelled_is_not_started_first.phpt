--TEST--
cancel() starts neither the task itself nor others before it: a hook of theirs may wait for the place that it would have
--INI--
async.max_children=1
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(2)->onFork(parent: fn() => await(async(fn() => 1), PATIENCE));
$first = async(fn() => $gate->pass())->start();
$pid = $first->pid();
$future = $pool->add(fn() => (new Gate())->never());
$list = [1, 2];
usort($list, function () use ($gate, $pid, $future) { // nothing is taken in here but by calls of ours
    $gate->open();
    ended($pid);
    var_dump($future->cancel());
    return 0;
});
await($first);
echo told(fn() => await($future)), ', ', told(fn() => await($pool)), "\n";
?>
--EXPECT--
bool(true)
Async\CancelledException: task [0] was cancelled, nothing thrown
