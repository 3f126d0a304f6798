--TEST--
A large heap goes into huge pages when forks have paid for it, and keeps its values
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); }
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
$before = huge_pages();
for ($i = 0; $i < 8; $i++) {
    await(async(fn() => $i));
}
echo 'after a few: ', huge_pages() - $before >> 20, " MiB\n";

// How many it takes depends on how long the kernel needs; on an idle machine about 50.
for (; $i < 5_000 && huge_pages() - $before < 48 << 20; $i++) {
    $wrong ??= await(async(fn() => $ballast[$i * 800 % count($ballast)])) === $i * 800 % count($ballast) + 1 ? null : $i;
}
echo 'after enough: ', huge_pages() - $before >= 48 << 20 ? 'all' : huge_pages() - $before >> 20, "\n";
var_dump($wrong);

$sum = array_sum($ballast);
var_dump(await(async(function () use (&$ballast): int|float {
    for ($i = 0; $i < count($ballast); $i += 512) {
        $ballast[$i] = 0;
    }
    return array_sum($ballast);
})) < $sum);
var_dump(array_sum($ballast) === $sum, $ballast === range(1, 4 << 20));
?>
--EXPECT--
after a few: 0 MiB
after enough: all
NULL
bool(true)
bool(true)
bool(true)
