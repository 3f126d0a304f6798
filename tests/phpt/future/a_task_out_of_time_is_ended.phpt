--TEST--
A task out of time is ended and fails with a TimeoutException; others are not touched (pain 32)
--FILE--
<?php
use Async\TimeoutException;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$future = async(fn() => (new Gate())->never())->timeout(0.1);
$other = async(function () use ($gate) { $gate->pass(); return 'unaffected'; });
$pid = $future->pid();

$e = failure(fn() => await($future));
var_dump($e instanceof TimeoutException, $e->getMessage() !== '', $future->status());
ended($pid);
$gate->open();
echo await($other), "\n";
?>
--EXPECT--
bool(true)
bool(true)
enum(Async\Status::TimedOut)
unaffected
