--TEST--
settle() takes a pool
--FILE--
<?php
use Async\Pool;
use function Async\settle;

$pool = new Pool();
$pool['x'] = fn() => 1;
$pool['y'] = fn() => throw new DomainException('no');
foreach (settle($pool) as $key => $future) {
    echo $key, ' ', $future->status()->name, ' ', $future === $pool[$key] ? 'same' : 'other', "\n";
}
?>
--EXPECT--
x Succeeded same
y Failed same
