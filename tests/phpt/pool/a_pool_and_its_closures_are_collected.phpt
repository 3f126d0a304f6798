--TEST--
Cycles of pools, futures and closures are collected (pains 30 and 36)
--FILE--
<?php
use Async\Pool;
use function Async\await;

$weak = [];
for ($i = 0; $i < 50; $i++) {
    $pool = new Pool();
    $future = $pool->add(fn() => 1);
    $future->then(function () use ($pool, &$future) {});
    $witness = new stdClass();
    $future->finally(function () use ($pool, $witness) {});
    await($pool);
    $weak[] = WeakReference::create($pool);
    $weak[] = WeakReference::create($future);
    $weak[] = WeakReference::create($witness);
    unset($pool, $future, $witness);
}
gc_collect_cycles();
echo count(array_filter($weak, fn(WeakReference $w) => $w->get() !== null)), " left\n";
?>
--EXPECT--
0 left
