--TEST--
The names of arguments can be used
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = Pool::create()->concurrency(n: 2)->timeout(seconds: 5);
$pool->add(key: 'k', task: fn() => 1);
echo json_encode(await(what: $pool, timeout: 5)), "\n";
echo await(what: async(task: fn() => 2)->then(fn: fn(int $n) => $n + 1)), "\n";
?>
--EXPECT--
{"k":1}
3
