--TEST--
then() handlers run in order, each with the current value; null keeps it
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => 1)
    ->then(function (int $n) { echo "first $n\n"; return $n + 1; })
    ->then(function (int $n) { echo "second $n\n"; })
    ->then(function (int $n) { echo "third $n\n"; return $n * 10; });
var_dump(await($future), await($future));
?>
--EXPECT--
first 1
second 2
third 2
int(20)
int(20)
