--TEST--
A pool that the trace of a failure holds, which it holds itself, is collected; what runs meanwhile goes on
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

function load(Pool $pool): WeakReference
{
    foreach ($pool->map([1, 2, 3], fn($n) => $n) as $n) {
        echo $n, "\n";
    }
    for ($i = 0; $i < 3; $i++) {
        $pool->onFork(parent: function () {
            $GLOBALS['forks'] = ($GLOBALS['forks'] ?? 0) + 1;
        });
    }
    $pool->add(fn() => 1)->finally(function () {
        throw new LogicException('by a handler');
    });
    try {
        await($pool);
    } catch (LogicException) {
    }
    return WeakReference::create($pool);
}

$weak = load(new Pool());
$sum = 0;
gc_collect_cycles();
for ($i = 0; $i < 100; $i++) {
    $sum += await(async(fn() => $i));
}
gc_collect_cycles();
var_dump($sum, $weak->get());
?>
--EXPECT--
1
2
3
int(4950)
NULL
