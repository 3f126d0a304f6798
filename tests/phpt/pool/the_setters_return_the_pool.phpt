--TEST--
The methods that set something return the pool itself
--FILE--
<?php
use Async\Pool;

$pool = new Pool();
$none = function () {};
var_dump(
    $pool->concurrency(2) === $pool,
    $pool->timeout(1.5) === $pool,
    $pool->onFork($none, $none) === $pool,
    $pool->clearFinished() === $pool,
    $pool->clearResults() === $pool,
    $pool->stop() === $pool,
    $pool->cancel() === $pool,
);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
