--TEST--
The methods that set something return the future itself
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => 1);
$none = function () {};
var_dump(
    $future->then($none) === $future,
    $future->catch($none) === $future,
    $future->finally($none) === $future,
    $future->timeout(10) === $future,
    $future->timeout($none) === $future,
    $future->start() === $future,
);
await($future);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
