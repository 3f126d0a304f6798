--TEST--
Every child has random numbers of its own (pain 22)
--EXTENSIONS--
openssl
--INI--
error_reporting=E_ALL & ~E_DEPRECATED
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

mt_srand(5);
mt_rand();
lcg_value();
uniqid('', true);
openssl_random_pseudo_bytes(8);
$shuffled = function (): string { $all = range(0, 99); shuffle($all); return implode(',', $all); };
$draw = fn() => [mt_rand(), lcg_value(), uniqid('', true), implode(',', array_map(fn() => rand(), range(1, 3))), bin2hex(random_bytes(8)),
    implode(',', array_rand(range(0, 10_000), 5)), str_shuffle(implode(range('a', 'z'))), $shuffled(), bin2hex(openssl_random_pseudo_bytes(8))];
$futures = [];
for ($i = 0; $i < 64; $i++) {
    $futures[] = async($draw);
}
$drawn = await($futures);
foreach (['mt_rand', 'lcg_value', 'uniqid', 'rand', 'random_bytes', 'array_rand', 'str_shuffle', 'shuffle', 'openssl_random_pseudo_bytes'] as $i => $name) {
    check($name, count(array_unique(array_column($drawn, $i))) === 64, array_column($drawn, $i));
}
?>
--EXPECT--
mt_rand: yes
lcg_value: yes
uniqid: yes
rand: yes
random_bytes: yes
array_rand: yes
str_shuffle: yes
shuffle: yes
openssl_random_pseudo_bytes: yes
