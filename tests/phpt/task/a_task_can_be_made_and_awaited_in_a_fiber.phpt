--TEST--
A task can be made and awaited in a Fiber, and its child resumes none of the parent's fibers (pain 41)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$other = new Fiber(function () use ($notes) { Fiber::suspend(); $notes->write('resumed in ' . getmypid()); });
$other->start();

$fiber = new Fiber(function () {
    $value = await(async(fn() => 'from the child'));
    Fiber::suspend($value);
    return await(async(fn() => 'from the second child'));
});
echo $fiber->start(), "\n";
$fiber->resume();
echo $fiber->getReturn(), "\n";
$other->resume();
var_dump($notes->all() === ['resumed in ' . getmypid()]);
?>
--EXPECT--
from the child
from the second child
bool(true)
