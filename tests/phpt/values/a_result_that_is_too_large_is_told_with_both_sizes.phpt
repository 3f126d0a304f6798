--TEST--
A result of more than async.max_result bytes is a ProtocolException that names both sizes, whatever it is and however it comes (pains 9 and 10)
--INI--
async.max_result=10000
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

function refused(string $what, Closure $task): void
{
    $e = failure(async($task));
    preg_match('/(\d+) bytes, more than async\.max_result=(\d+) allows/', $e->getMessage(), $found);
    [, $size, $limit] = $found + [1 => 0, 2 => 0];
    echo $what, ': ', $e::class, $size > 10_000 ? ' ' : ' wrong ', $size < 11_000 || $size >= 1 << 20 ? 'size ' : "$size ", $limit, "\n";
}

$text = fn(int $length): string => str_repeat('x', $length);
refused('a string', fn() => $text(10_001));
refused('a string that is lent', fn() => $text(1 << 20));
refused('an array', fn() => [$text(5_000), $text(5_000)]);
refused('an array that is lent', fn() => array_fill(0, 1 << 18, 0.5));
refused('objects that are lent', fn() => [new ArrayObject([$text(1 << 20)])]);
refused('a throwable', fn() => throw new Exception($text(9_990)));
refused('a throwable that is lent', fn() => throw new Exception($text(1 << 20)));
echo strlen(await(async(fn() => $text(10_000)))), "\n";
ini_set('async.max_result', '0');
echo strlen(await(async(fn() => $text(1 << 20)))), "\n";
?>
--EXPECT--
a string: Async\ProtocolException size 10000
a string that is lent: Async\ProtocolException size 10000
an array: Async\ProtocolException size 10000
an array that is lent: Async\ProtocolException size 10000
objects that are lent: Async\ProtocolException size 10000
a throwable: Async\ProtocolException size 10000
a throwable that is lent: Async\ProtocolException size 10000
10000
1048576
