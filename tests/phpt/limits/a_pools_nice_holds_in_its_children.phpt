--TEST--
A pool's nice() holds in its children and what they start, from the first hook on, and nowhere else
--SKIPIF--
<?php
if (!function_exists('pcntl_getpriority')) {
    die('skip needs pcntl');
}
?>
--FILE--
<?php
use Async\Pool;
use function Async\await;

$own = pcntl_getpriority();
$room = 19 - $own;
foreach ([0, 1, 7, 19] as $increment) {
    $pool = Pool::create()->nice($increment)->onFork(child: function () use (&$hook) { $hook = pcntl_getpriority(); });
    $seen = await($pool->add(function () use (&$hook) { return [$hook, pcntl_getpriority(), (int) exec('nice')]; }));
    var_dump($seen === array_fill(0, 3, $own + min($increment, $room)));
}
var_dump(pcntl_getpriority() === $own, await(Pool::create()->add(fn() => pcntl_getpriority())) === $own);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
