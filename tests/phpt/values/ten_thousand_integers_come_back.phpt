--TEST--
Ten thousand integers, and a thousand rows, come back
--FILE--
<?php
use function Async\{async, await};

$ints = range(-5000, 4999);
var_dump(await(async(fn() => $ints)) === $ints);
$rows = [];
for ($i = 0; $i < 1000; $i++) {
    $rows[] = ['id' => $i, 'name' => "name $i", 'price' => $i / 7, 'active' => $i % 2 === 0, 'note' => null];
}
var_dump(await(async(fn() => $rows)) === $rows);
?>
--EXPECT--
bool(true)
bool(true)
