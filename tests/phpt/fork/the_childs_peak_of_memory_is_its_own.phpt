--TEST--
The child's peak of memory is its own (pain 44)
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
use function Async\{async, await};

$large = str_repeat('x', 30 << 20);
unset($large);
var_dump(memory_get_peak_usage() > 30 << 20, await(async(fn() => memory_get_peak_usage())) < 15 << 20);
?>
--EXPECT--
bool(true)
bool(true)
