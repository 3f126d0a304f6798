--TEST--
Handlers run while the parent is in a plain loop that calls nothing
--FILE--
<?php
use function Async\async;

set_time_limit(20);
$done = false;
async(fn() => 'ended')->then(function () use (&$done) { $done = true; });
while (!$done) {
}
echo "the loop ended\n";
?>
--EXPECT--
the loop ended
