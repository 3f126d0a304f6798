--TEST--
A key in use is a ValueError that names it, and loses nothing in the pool
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$pool['a'] = fn() => 'first';
$pool[3] = fn() => 'third';
echo told(fn() => $pool['a'] = fn() => 'second'), "\n";
echo told(fn() => $pool->add(fn() => 'second', 'a')), "\n";
echo told(fn() => $pool->add(fn() => 'second', '3')), "\n";
echo json_encode(await($pool)), ' ', count($pool), "\n";
?>
--EXPECTF--
ValueError: Async\Pool::offsetSet(): Argument #1 ($offset) must %Sa%S
ValueError: Async\Pool::add(): Argument #2 ($key) must %Sa%S
ValueError: Async\Pool::add(): Argument #2 ($key) must %S3%S
{"a":"first","3":"third"} 2
