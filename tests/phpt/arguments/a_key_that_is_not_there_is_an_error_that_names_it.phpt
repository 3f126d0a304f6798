--TEST--
A key that is not there is a ValueError that names it
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
foreach (['nope', 7] as $key) {
    echo told(fn() => $pool[$key]), "\n";
}
var_dump($pool['nope'] ?? 'the default');
?>
--EXPECTF--
ValueError: Async\Pool::offsetGet(): Argument #1 ($offset) must %Snope%S
ValueError: Async\Pool::offsetGet(): Argument #1 ($offset) must %S7%S
string(11) "the default"
