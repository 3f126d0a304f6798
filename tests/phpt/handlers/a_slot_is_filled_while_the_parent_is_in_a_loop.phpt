--TEST--
A queue goes on while the parent is in a plain loop
--FILE--
<?php
use Async\Pool;
use function Async\async;

set_time_limit(20);
$n = 0;
$pool = Pool::create()->concurrency(1);
for ($i = 0; $i < 10; $i++) {
    $pool[] = async(fn() => $i)->then(function () use (&$n) { $n++; });
}
while ($n < 10) {
}
var_dump($n);
?>
--EXPECT--
int(10)
