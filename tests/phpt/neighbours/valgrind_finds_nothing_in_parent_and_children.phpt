--TEST--
Tasks run under valgrind, which finds nothing wrong in the parent or its children
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip valgrind runs no program that is built with AddressSanitizer'); }
if (!trim((string) shell_exec('command -v valgrind'))) {
    die('skip valgrind is needed');
}
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$found = php('
    use function Async\map;
    echo await(async(fn() => "small")), " ", strlen(await(async(fn() => str_repeat("x", 1 << 18)))), " ";
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    foreach ([10, 70_000] as $size) { $pool[] = fn() => str_repeat("y", $size); }
    echo implode(" ", array_map(strlen(...), await($pool))), " ", array_sum(map(range(1, 50), fn($x) => $x)), " ";
    try { await(async(fn() => throw new Exception("thrown"))); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
', '-d pcre.jit=0', before: 'export USE_ZEND_ALLOC=0;', under: 'valgrind --quiet --error-exitcode=99');
// Calls that this valgrind is too old for are no errors: "--PID-- WARNING: unhandled syscall".
echo preg_replace("/--\\d+-- .*\n/", "", $found);
?>
--EXPECT--
small 262144 10 70000 1275 thrown
exit 0
