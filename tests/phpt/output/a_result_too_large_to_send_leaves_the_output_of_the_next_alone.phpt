--TEST--
A result beyond async.max_result from a warm worker whose output is captured: the worker goes on, and each task has its own output
--INI--
async.max_result=1000
--FILE--
<?php
use Async\{Output, Pool};
use function Async\settle;

$pool = Pool::create()->output(Output::Capture)->concurrency(2)->tasksPerChild(0);
for ($i = 0; $i < 60; $i++) {
    $pool[] = function () use ($i) {
        echo "task $i";
        return str_repeat('x', [10, 2000, 1 << 20][$i % 3]);
    };
}
$seen = [];
foreach (settle($pool) as $i => $future) {
    $error = $future->error();
    $seen[($error ? $error::class : 'a value') . ', its own output: ' . ($future->output() === "task $i" ? 'yes' : 'NO')] ??= 0;
    $seen[($error ? $error::class : 'a value') . ', its own output: ' . ($future->output() === "task $i" ? 'yes' : 'NO')]++;
}
ksort($seen);
print_r($seen);
?>
--EXPECT--
Array
(
    [Async\ProtocolException, its own output: yes] => 40
    [a value, its own output: yes] => 20
)
