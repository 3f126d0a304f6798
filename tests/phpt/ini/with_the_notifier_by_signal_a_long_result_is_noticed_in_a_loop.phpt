--TEST--
async.notifier=signal: a result larger than a pipe is read while the parent is in a loop, and no other child ends
--INI--
async.notifier=signal
--FILE--
<?php
use function Async\async;

set_time_limit(20);
$length = 0;
$future = async(fn() => str_repeat('x', 5_000_000))->then(function (string $value) use (&$length) { $length = strlen($value); });
while ($length === 0) {
}
echo $length, "\n";
?>
--EXPECT--
5000000
