--TEST--
Pools and futures cannot be serialized or unserialized
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1);
echo told(fn() => serialize($future)), "\n", told(fn() => serialize([new Pool()])), "\n";
foreach (['Pool', 'Future'] as $name) {
    echo told(fn() => unserialize('O:' . strlen("Async\\$name") . ":\"Async\\$name\":0:{}")), "\n";
}
await($future);
?>
--EXPECT--
Exception: Serialization of 'Async\Future' is not allowed
Exception: Serialization of 'Async\Pool' is not allowed
Exception: Unserialization of 'Async\Pool' is not allowed
Exception: Unserialization of 'Async\Future' is not allowed
