--TEST--
What cannot be sent loses nothing else in the pool
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

$pool = Pool::create()->concurrency(2);
$pool['a'] = fn() => 'a';
$pool['closure'] = fn() => fn() => 1;
$pool['b'] = fn() => 'b';
$pool['resource'] = fn() => ['x' => STDIN];
$pool['c'] = fn() => 'c';
foreach (settle($pool) as $key => $future) {
    echo $key, ': ', $future->error() ? $future->error()::class : await($future), "\n";
}
?>
--EXPECT--
a: a
closure: Async\NotSerializableException
b: b
resource: Async\NotSerializableException
c: c
