--TEST--
Handlers run between calls and returns, without a loop
--INI--
async.handlers=anywhere
--FILE--
<?php
use function Async\async;

set_time_limit(20);
$done = false;
async(fn() => 'ended')->then(function () use (&$done) { $done = true; });
function descend(int $depth): void
{
    global $done;
    if (!$done && $depth > 0) {
        descend($depth - 1);
        descend($depth - 1);
    }
}
descend(60); // as good as endless, unless the handler runs
var_dump($done);
?>
--EXPECT--
bool(true)
