--TEST--
A child leaves the heap that it shares with its parent as it is, however much it forks
--SKIPIF--
<?php
require __DIR__ . '/../../support/memory.php';
if ($reason = no_huge_pages()) {
    die("skip $reason");
}
?>
--INI--
memory_limit=-1
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/memory.php';

$ballast = range(1, 4 << 20);      // 64 MiB
echo await(async(function () use ($ballast): int {
    $before = huge_pages();
    for ($i = 0; $i < 300; $i++) {
        await(async(fn() => $i));
    }
    return huge_pages() - $before;
})), "\n";
?>
--EXPECT--
0
