--TEST--
Many large results come at once while the parent is busy elsewhere (pains 9 and 10)
--INI--
memory_limit=256M
--FILE--
<?php
use function Async\{async, await};

$futures = [];
for ($i = 0; $i < 16; $i++) {
    $futures[] = async(fn() => str_repeat(chr(65 + $i), 4 << 20));
}
$hash = '';
for ($i = 0; $i < 200_000; $i++) {
    $hash = hash('sha256', $hash);
}
$right = 0;
foreach (await($futures) as $i => $value) {
    $right += $value === str_repeat(chr(65 + $i), 4 << 20) ? 1 : 0;
}
var_dump($right);
?>
--EXPECT--
int(16)
