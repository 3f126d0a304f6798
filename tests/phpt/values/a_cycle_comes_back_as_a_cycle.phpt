--TEST--
A cycle comes back as a cycle
--FILE--
<?php
use function Async\{async, await};

$object = await(async(function () {
    $object = new stdClass();
    $object->child = new stdClass();
    $object->child->parent = $object;
    $object->list = [$object];
    return $object;
}));
var_dump($object->child->parent === $object, $object->list[0] === $object);
$array = await(async(function () {
    $array = ['n' => 1];
    $array['self'] = &$array;
    return $array;
}));
var_dump($array['self']['n'], $array['self']['self']['n']);
?>
--EXPECT--
bool(true)
bool(true)
int(1)
int(1)
