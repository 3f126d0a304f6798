--TEST--
A result of more than async.max_result is refused, and the child goes on
--INI--
async.max_result=1000
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = warm();
$pid = $pool->add(fn() => getmypid())->await();
foreach ([900, 2000, 200_000, 1 << 20] as $length) {
    $e = failure(fn() => $pool->add(fn() => str_repeat('x', $length))->await());
    echo $length, ' ', $e ? $e::class . (str_contains($e->getMessage(), '1000') ? ' with the limit' : '') : 'came', "\n";
}
var_dump($pool->add(fn() => getmypid())->await() === $pid);
?>
--EXPECT--
900 came
2000 Async\ProtocolException with the limit
200000 Async\ProtocolException with the limit
1048576 Async\ProtocolException with the limit
bool(true)
