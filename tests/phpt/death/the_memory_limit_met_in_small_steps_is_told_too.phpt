--TEST--
The memory limit met in small steps, and by endless recursion, is told too
--INI--
display_errors=0
memory_limit=32M
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

function recurse(int $n): int { return recurse($n + 1) + 1; }
foreach ([
    'array' => function () { $a = []; while (true) { $a[] = str_repeat('x', 100); } },
    'recursion' => fn() => recurse(0),
    'callback' => fn() => array_map(fn() => str_repeat('x', 40 << 20), [1]),
] as $name => $task) {
    $e = failure(async($task));
    echo $name, ': ', $e::class, ' ', substr($e->lastError, 0, 19), "\n";
}
?>
--EXPECT--
array: Async\ProcessDiedException Allowed memory size
recursion: Async\ProcessDiedException Allowed memory size
callback: Async\ProcessDiedException Allowed memory size
