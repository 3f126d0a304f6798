--TEST--
A pool that was awaited takes more tasks, and remembers the first
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
$pool['a'] = fn() => 1;
await($pool);
$pool['b'] = fn() => 2;
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
{"a":1,"b":2}
