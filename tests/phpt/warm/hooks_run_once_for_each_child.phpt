--TEST--
onFork() hooks run once for each child that stays: in it before its first task, and in the parent after its fork
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, onFork};

require __DIR__ . '/../../support/sync.php';

final class Log
{
    public static array $lines = [];
}

$forks = [0, 0];
onFork(
    child: function () { Log::$lines[] = 'global'; },
    parent: function () use (&$forks) { $forks[0]++; },
);
$pool = Pool::create()->concurrency(1)->tasksPerChild(3)->onFork(
    child: function () { Log::$lines[] = 'of the pool'; },
    parent: function () use (&$forks) { $forks[1]++; },
);
for ($i = 0; $i < 7; $i++) {
    $pool[] = fn() => implode(', ', Log::$lines);
}
echo json_encode(array_count_values(await($pool))), ' ', json_encode($forks), ' ', json_encode(Log::$lines), "\n";
?>
--EXPECT--
{"global, of the pool":7} [3,3] []
