--TEST--
then() runs in the parent with the value
--FILE--
<?php
use function Async\{async, await};

$parent = getmypid();
await(async(fn() => 'value')->then(function (string $value) use ($parent) {
    var_dump($value, getmypid() === $parent);
}));
?>
--EXPECT--
string(5) "value"
bool(true)
