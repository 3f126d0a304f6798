--TEST--
A future that was refused for its key can be added under another
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$pool['a'] = fn() => 'first';
$future = async(fn() => 'second');
failure(fn() => $pool['a'] = $future);
$pool['b'] = $future;
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
{"a":"first","b":"second"}
