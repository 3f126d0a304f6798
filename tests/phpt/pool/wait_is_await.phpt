--TEST--
wait() is await() of the pool: keys, order, and the first failure
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$pool['b'] = fn() => 2;
$pool['a'] = fn() => 1;
echo json_encode($pool->wait()), "\n";
$pool['c'] = fn() => throw new DomainException('c');
echo told(fn() => $pool->wait()), "\n";
?>
--EXPECT--
{"b":2,"a":1}
DomainException: c
