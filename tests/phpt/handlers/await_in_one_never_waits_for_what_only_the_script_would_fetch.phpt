--TEST--
await in a handler is never held up by large results that nobody has fetched: neither for a slot of a pool, nor for a place of max_children
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

const CODE = <<<'CODE'
    $pool = Pool::create()->concurrency(CONCURRENCY)->tasksPerChild(TASKS);
    $large = fn() => str_repeat('x', 1 << 20);
    $pool['small'] = fn() => 1;
    $pool['small']->then(function (int $one) use ($pool, $large) {
        for ($i = 0; $i < 4; $i++) {
            $pool["large $i"] = $large;
        }
        $last = $pool->add(fn() => $one + 1); // behind them
        return await($last);
    });
    $lengths = array_map(fn(mixed $value) => is_int($value) ? $value : strlen($value), await($pool));
    echo count($lengths), ' values of ', array_sum($lengths), ' in all, ', $lengths['small'], ' from the handler';
    CODE;
foreach ([['2', ''], ['10', '-d async.max_children=1'], ['10', '-d async.max_children=2']] as [$concurrency, $ini]) {
    foreach (['1', '0'] as $tasks) {
        echo php(strtr(CODE, ['CONCURRENCY' => $concurrency, 'TASKS' => $tasks]), $ini);
    }
}
?>
--EXPECT--
6 values of 4194308 in all, 2 from the handler
exit 0
6 values of 4194308 in all, 2 from the handler
exit 0
6 values of 4194308 in all, 2 from the handler
exit 0
6 values of 4194308 in all, 2 from the handler
exit 0
6 values of 4194308 in all, 2 from the handler
exit 0
6 values of 4194308 in all, 2 from the handler
exit 0
