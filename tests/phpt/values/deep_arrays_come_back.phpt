--TEST--
Deep arrays come back
--FILE--
<?php
use function Async\{async, await};

$deep = await(async(function () {
    $array = ['bottom'];
    for ($i = 0; $i < 2000; $i++) {
        $array = [$array];
    }
    return $array;
}));
for ($i = 0; is_array($deep[0]); $i++) {
    $deep = $deep[0];
}
var_dump($i, $deep[0]);
?>
--EXPECT--
int(2000)
string(6) "bottom"
