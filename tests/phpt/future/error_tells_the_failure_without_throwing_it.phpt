--TEST--
error() tells the failure without throwing it; null while there is none
--FILE--
<?php
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$future = async(function () use ($gate) { $gate->pass(); throw new DomainException('told', 5); });
var_dump($future->error());
$gate->open();
settle([$future]);
var_dump($future->error()::class, $future->error()->getMessage(), $future->error()->getCode());
$fine = async(fn() => 1);
await($fine);
var_dump($fine->error());
?>
--EXPECT--
NULL
string(15) "DomainException"
string(4) "told"
int(5)
NULL
