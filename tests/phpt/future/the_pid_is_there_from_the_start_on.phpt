--TEST--
The pid is there from the start on, and stays readable after the end
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = new Pool();
$future = (fn() => async(function () use ($gate) { $gate->pass(); return getmypid(); }))();
var_dump($future->pid());
$future->start();
$pid = $future->pid();
var_dump(is_int($pid) && alive($pid));
$gate->open();
var_dump(await($future) === $pid, $future->pid() === $pid);
?>
--EXPECT--
NULL
bool(true)
bool(true)
bool(true)
