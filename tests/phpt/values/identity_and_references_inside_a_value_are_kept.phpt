--TEST--
Identity and references inside a value are kept
--FILE--
<?php
use function Async\{async, await};

$value = await(async(function () {
    $object = new stdClass();
    $n = 1;
    return ['a' => $object, 'b' => $object, 'x' => &$n, 'y' => &$n];
}));
$value['x'] = 5;
var_dump($value['a'] === $value['b'], $value['y']);
?>
--EXPECT--
bool(true)
int(5)
