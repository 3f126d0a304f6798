--TEST--
A value of 1 GiB comes back whole, alone and in an array, and the pool goes on
--INI--
memory_limit=-1
--SKIPIF--
<?php
preg_match('/^MemAvailable:\s+(\d+) kB$/m', (string) file_get_contents('/proc/meminfo'), $found);
if (($found[1] ?? 0) < 5 << 20) { echo 'skip needs 5 GiB of free memory'; }
?>
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = Pool::create()->concurrency(1);
$pool['string'] = fn() => str_repeat('0123456789abcdef', 1 << 26);
$pool['after'] = fn() => 'fine';
foreach ($pool as $name => $future) {
    $value = $future->await();
    echo $name, ': ', strlen($value), ' ', substr($value, 0, 16), ' ', substr($value, -16), "\n";
    unset($future, $value);
    $pool->clearFinished();
}
$pool['array'] = fn() => [1 => str_repeat('0123456789abcdef', 1 << 26)];
echo strlen(await($pool)['array'][1]), "\n";
?>
--EXPECT--
string: 1073741824 0123456789abcdef 0123456789abcdef
after: 4 fine fine
1073741824
