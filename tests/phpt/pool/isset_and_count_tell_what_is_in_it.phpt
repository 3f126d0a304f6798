--TEST--
isset and count tell what is in it, whatever the state; empty() of a future is false
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
$pool['a'] = fn() => 1;
$pool[] = fn() => 2;
var_dump(count($pool), isset($pool['a']), isset($pool[0]), isset($pool['b']), empty($pool['a']));
await($pool);
var_dump(count($pool), isset($pool['a']));
?>
--EXPECT--
int(2)
bool(true)
bool(true)
bool(false)
bool(false)
int(2)
bool(true)
