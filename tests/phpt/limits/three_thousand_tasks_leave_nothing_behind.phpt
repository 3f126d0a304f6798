--TEST--
Three thousand tasks: right results in order, eight children at once and no more than that on their way out, nothing left behind (pains 30, 36 and 43)
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$fds = fn() => count(scandir('/proc/self/fd'));
await(async(fn() => null));
$warm = Pool::create()->concurrency(8);
$warm[] = fn() => 1;
await($warm);
$objects = array_map(fn() => new stdClass(), range(1, 50_000)); // the engine's own table of objects never shrinks
unset($warm, $objects);
gc_collect_cycles();
gc_mem_caches(); // with the free places of the objects each child has many more page faults on PHP 8.5
$fdsBefore = $fds();
$memoryBefore = memory_get_usage();

$parent = getmypid();
$pool = Pool::create()->concurrency(8);
for ($i = 0; $i < 3_000; $i++) {
    $pool[] = async(fn() => $i % 500 !== 250 ? $i
        : [count(explode(' ', trim(file_get_contents("/proc/$parent/task/$parent/children"))))]);
}
$atOnce = 0;
$right = 0;
foreach (await($pool) as $i => $value) {
    is_array($value) ? $atOnce = max($atOnce, $value[0]) : $right += $value === $i ? 1 : 0;
}
check('right', $right === 2994, $right);
check('in order', $pool->keys() === range(0, 2999));
check('at most eight at once, and eight that have told everything', $atOnce <= 16 && $atOnce > 0, $atOnce);
check('no child left', trim(file_get_contents("/proc/self/task/$parent/children")) === '');
check('no descriptor left', $fds() === $fdsBefore, [$fdsBefore, $fds()]);
unset($pool, $value);
gc_collect_cycles();
check('memory is back', memory_get_usage() - $memoryBefore < 65_536, memory_get_usage() - $memoryBefore);
?>
--EXPECT--
right: yes
in order: yes
at most eight at once, and eight that have told everything: yes
no child left: yes
no descriptor left: yes
memory is back: yes
