--TEST--
Items are taken from their source as there is room for them: a hundred thousand need no more memory than a thousand
--FILE--
<?php
use Async\Pool;

$taken = 0;
$source = (function () use (&$taken) {
    while ($taken < 100_000) {
        yield $taken++ => str_repeat('x', 100);
    }
})();
$ahead = $given = 0;
$before = null;
foreach (Pool::create()->concurrency(2)->map($source, strlen(...)) as $key => $length) {
    $ahead = max($ahead, $taken - $key);
    $given++;
    if ($given === 1000) {
        $before = memory_get_usage();
        memory_reset_peak_usage();
    }
}
var_dump($given, $ahead <= 8 * 512, memory_get_peak_usage() - $before < 2 * 1024 * 1024);
?>
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80200) die('skip memory_reset_peak_usage() is of PHP 8.2');
?>
--EXPECT--
int(100000)
bool(true)
bool(true)
