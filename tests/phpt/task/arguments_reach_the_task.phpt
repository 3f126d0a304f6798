--TEST--
Arguments reach the task, closures and resources among them
--FILE--
<?php
use function Async\{async, await};

$file = fopen(__FILE__, 'r');
$sum = fn(int $a, int ...$more) => $a + array_sum($more);
$open = fn(Closure $call, $stream) => [$call(), is_resource($stream)];

var_dump(await(async($sum, 1, 2, 3)));
var_dump(await(async($open, fn() => 'called', $file)) === ['called', true]);
?>
--EXPECT--
int(6)
bool(true)
