--TEST--
All are waited for before a failure is thrown
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$failed = async(fn() => throw new DomainException('early'));
$gate = new Gate();
$slow = async(function () use ($gate) { $gate->pass(); return 'late'; });
ended($failed->pid());
async(fn() => $gate->open());

echo told(fn() => await([$failed, $slow])), "\n";
var_dump($slow->status());
?>
--EXPECT--
DomainException: early
enum(Async\Status::Succeeded)
