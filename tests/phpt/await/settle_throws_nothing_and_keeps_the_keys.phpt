--TEST--
settle() throws nothing, and gives all futures, ended, with their keys in order (pain 6)
--FILE--
<?php
use function Async\{async, settle};

$settled = settle([
    'a' => async(fn() => 1),
    'b' => async(fn() => throw new DomainException('no')),
    'c' => async(fn() => exit(3)),
    'd' => async(fn() => 4),
]);
foreach ($settled as $key => $future) {
    echo $key, ' ', $future::class, ' ', $future->status()->name, ' ', $future->error() ? $future->error()::class : 'no error', "\n";
}
?>
--EXPECT--
a Async\Future Succeeded no error
b Async\Future Failed DomainException
c Async\Future Failed Async\ProcessDiedException
d Async\Future Succeeded no error
