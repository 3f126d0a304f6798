--TEST--
Pools and futures take no properties of the application
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1);
foreach ([new Pool(), $future] as $handle) {
    echo told(function () use ($handle) { $handle->note = 1; }), "\n";
}
await($future);
?>
--EXPECT--
Error: Cannot create dynamic property Async\Pool::$note
Error: Cannot create dynamic property Async\Future::$note
