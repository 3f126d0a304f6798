--TEST--
Keys are those of an array: appended ones go on after the highest, numeric strings are integers
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
$array = [];
foreach ([null, 'name', 7, null, '12', null, -5, null, ''] as $key) {
    if ($key === null) {
        $pool[] = fn() => null;
        $array[] = null;
    } else {
        $pool[$key] = fn() => null;
        $array[$key] = null;
    }
}
var_dump($pool->keys() === array_keys($array), await($pool) === $array, $pool['12'] === $pool[12]);
echo json_encode($pool->keys()), "\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
[0,"name",7,8,12,13,-5,14,""]
