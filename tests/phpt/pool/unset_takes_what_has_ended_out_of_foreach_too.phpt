--TEST--
unset takes a task that has ended out of foreach too, and out of memory (pain 36)
--FILE--
<?php
use Async\Pool;
use function Async\settle;

$pool = new Pool();
$pool['a'] = fn() => 'a';
$pool['b'] = fn() => 'b';
settle($pool);
$released = WeakReference::create($pool['a']);
unset($pool['a']);
var_dump($released->get());
foreach ($pool as $key => $future) {
    echo $key, "\n";
}
?>
--EXPECT--
NULL
b
