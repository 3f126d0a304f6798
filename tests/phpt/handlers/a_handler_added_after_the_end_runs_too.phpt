--TEST--
A handler that is added after the end runs too
--FILE--
<?php
use function Async\{async, await, settle};

$future = async(fn() => 1);
await($future);
$seen = [];
$future->then(function (int $n) use (&$seen) { $seen[] = $n; return $n + 1; });
$future->finally(function () use (&$seen) { $seen[] = 'finally'; });
var_dump(await($future));
echo json_encode($seen), "\n";

$failed = async(fn() => throw new DomainException('late'));
settle([$failed]);
echo await($failed->catch(fn(DomainException $e) => 'caught ' . $e->getMessage())), "\n";
?>
--EXPECT--
int(2)
[1,"finally"]
caught late
