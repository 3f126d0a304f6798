--TEST--
await of another future in a handler works
--FILE--
<?php
use function Async\{async, await};

$outer = async(fn() => 'outer')->then(function (string $value) {
    return $value . ' and ' . await(async(fn() => 'inner')) . ' and ' . implode(' ', await([async(fn() => 'a'), async(fn() => 'b')]));
});
echo await($outer), "\n";
?>
--EXPECT--
outer and inner and a b
