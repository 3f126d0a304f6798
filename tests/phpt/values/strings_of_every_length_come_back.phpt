--TEST--
Strings of every length come back, round the sizes of a pipe and beyond (pains 9, 10)
--FILE--
<?php
use function Async\{async, await};

foreach ([0, 1, 4095, 4096, 65_535, 65_536, 65_537, 1 << 20, 10 << 20] as $length) {
    $string = $length ? substr(str_repeat(random_bytes(1000), intdiv($length, 1000) + 1), 0, $length) : '';
    $back = await(async(fn() => $string));
    echo $length, ': ', hash('sha256', $back) === hash('sha256', $string) && strlen($back) === $length ? 'same' : 'OTHER', "\n";
    unset($back);
}
?>
--EXPECT--
0: same
1: same
4095: same
4096: same
65535: same
65536: same
65537: same
1048576: same
10485760: same
