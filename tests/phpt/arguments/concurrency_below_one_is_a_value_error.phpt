--TEST--
concurrency() below one is a ValueError in core's words, and changes nothing
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
echo told(fn() => $pool->concurrency(0)), "\n", told(fn() => $pool->concurrency(-5)), "\n";
$pool[] = fn() => 1;
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
ValueError: Async\Pool::concurrency(): Argument #1 ($n) must be greater than or equal to 1
ValueError: Async\Pool::concurrency(): Argument #1 ($n) must be greater than or equal to 1
[1]
