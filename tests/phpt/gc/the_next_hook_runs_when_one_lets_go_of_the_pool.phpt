--TEST--
Hooks that are about to be called stay when the one before them lets the pool go and collects it
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = Pool::create()->concurrency(1);
$weak = WeakReference::create($pool);
$forks = 0;
$pool->onFork(parent: static function () {
    if (++$GLOBALS['forks'] < 2) {
        return;
    }
    await($GLOBALS['pool']);
    unset($GLOBALS['pool']);
    gc_collect_cycles();
    $GLOBALS['junk'] = array_map(fn($n) => [str_repeat('x', 300), fn() => print("not a hook\n")], range(1, 1000));
    echo "let go\n";
});
(function (Pool $pool) {
    foreach (['second', 'third'] as $name) {
        $pool->onFork(parent: function () use ($pool, $name) {
            gc_collect_cycles();
            echo $name, "\n";
        });
    }
})($pool);
$pool[] = fn() => 1;
$pool[] = fn() => 2;
while ($forks < 2) {
    await(async(fn() => null));
}
gc_collect_cycles();
echo $weak->get() === null ? 'collected' : 'left', "\n";
?>
--EXPECT--
second
third
let go
second
third
collected
