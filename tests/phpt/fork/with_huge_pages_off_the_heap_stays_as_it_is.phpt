--TEST--
With async.huge_pages off the heap stays in the pages that it has
--SKIPIF--
<?php
require __DIR__ . '/../../support/memory.php';
if ($reason = no_huge_pages()) {
    die("skip $reason");
}
?>
--INI--
memory_limit=-1
async.huge_pages=0
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/memory.php';

$ballast = range(1, 4 << 20);      // 64 MiB
$before = huge_pages();
for ($i = 0; $i < 300; $i++) {
    await(async(fn() => $i));
}
echo huge_pages() - $before, "\n";
?>
--EXPECT--
0
