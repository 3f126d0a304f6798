--TEST--
A pool of the parent cannot be used in its child: AsyncError, and the pool goes on
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

$pool = new Pool();
foreach ([
    'add' => fn() => $pool->add(fn() => 1),
    'append' => fn() => $pool[] = fn() => 1,
    'wait' => fn() => $pool->wait(),
    'await' => fn() => await($pool),
    'settle' => fn() => settle($pool),
    'foreach' => function () use ($pool) { foreach ($pool as $future) { return 1; } },
    'tick' => fn() => $pool->tick(),
    'stop' => fn() => $pool->stop() && 0,
    'cancel' => fn() => $pool->cancel() && 0,
] as $name => $task) {
    $pool[$name] = $task;
}
$pool['fine'] = fn() => 'fine';
foreach (settle($pool) as $name => $future) {
    $e = $future->error();
    echo $name, ': ', $e === null ? await($future) : $e::class . ($e->getMessage() === '' ? ' without a message' : ''), "\n";
}
?>
--EXPECT--
add: Async\AsyncError
append: Async\AsyncError
wait: Async\AsyncError
await: Async\AsyncError
settle: Async\AsyncError
foreach: Async\AsyncError
tick: Async\AsyncError
stop: Async\AsyncError
cancel: Async\AsyncError
fine: fine
