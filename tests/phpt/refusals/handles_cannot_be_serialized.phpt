--TEST--
Pools and futures cannot be serialized or unserialized
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1);
echo preg_replace('/\d+/', 'N', told(fn() => serialize($future))), "\n", told(fn() => serialize([new Pool()])), "\n";
foreach (['Pool', 'Future'] as $name) {
    foreach (['O', 'C'] as $kind) {
        echo told(fn() => var_dump(unserialize("$kind:" . strlen("Async\\$name") . ":\"Async\\$name\":0:{}"))), "\n";
    }
}
echo told(fn() => unserialize('a:3:{i:0;O:12:"Async\Future":1:{s:1:"a";i:1;}i:1;R:2;i:2;O:12:"Async\Future":0:{}}')), "\n";
echo method_exists(Async\Future::class, '__unserialize') ? 'a method' : 'no method', " for it\n";
await($future);
?>
--EXPECT--
Async\AsyncError: the future of task #N (pid N) cannot be serialized, only its value can: await() it first
Exception: Serialization of 'Async\Pool' is not allowed
Exception: Unserialization of 'Async\Pool' is not allowed
Exception: Unserialization of 'Async\Pool' is not allowed
Exception: Unserialization of 'Async\Future' is not allowed
Exception: Unserialization of 'Async\Future' is not allowed
Exception: Unserialization of 'Async\Future' is not allowed
no method for it
