--TEST--
exit in a handler that runs while a string is put together frees each of its parts once
--FILE--
<?php
use function Async\{async, await};

register_shutdown_function(fn () => print "the end\n");
$part = str_repeat('x', getmypid() % 7 + 1);
$done = async(fn () => 1);
await($done);
if (PHP_VERSION_ID < 80400) {
    echo "$part and {$part}, {$done->then(fn () => exit(0))} and {$part}";
}
// From there on a handler runs within the next call to a function that is not ours, and not after this one.
$id = 'spl_object_id';
echo "$part and {$part}, {$id($done->then(fn () => exit(0)))} and {$part}";
?>
--EXPECT--
the end
