--TEST--
exit in a handler that runs while a string is put together frees each of its parts once
--FILE--
<?php
use function Async\{async, await};

register_shutdown_function(fn () => print "the end\n");
$part = str_repeat('x', getmypid() % 7 + 1);
$done = async(fn () => 1);
await($done);
echo "$part and {$part}, {$done->then(fn () => exit(0))} and {$part}";
?>
--EXPECT--
the end
