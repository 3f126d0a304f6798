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
// PHP's own serializer ends a cycle of arrays with null; here it must end, too, and lose nothing else.
$array = await(async(function () {
    $array = ['n' => 1];
    $array['self'] = &$array;
    return $array;
}));
var_dump($array['n'], array_keys($array));
?>
--EXPECT--
bool(true)
bool(true)
int(1)
array(2) {
  [0]=>
  string(1) "n"
  [1]=>
  string(4) "self"
}
