--TEST--
Tasks from a generator, whose futures are taken out as they end, need flat memory and descriptors (pain 36)
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
$argv = ['', '0', '0', '4000']; // make storm does it with 100,000
require __DIR__ . '/../../storm/flat.php';
?>
--EXPECT--
4000 tasks: all accounted for, memory and descriptors as after the first 1000
