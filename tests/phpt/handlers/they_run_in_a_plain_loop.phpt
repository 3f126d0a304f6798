--TEST--
Handlers run while the parent is in a plain loop that calls nothing
--FILE--
<?php
use function Async\async;

set_time_limit(20);
async(fn() => 'ended')->then(function () use (&$done) { $done = true; });
$done = false;
while (!$done) {
}
echo "the loop ended\n";
?>
--EXPECT--
the loop ended
