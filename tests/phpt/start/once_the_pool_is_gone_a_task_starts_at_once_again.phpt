--TEST--
Once the last Pool is gone a task starts at once again
--FILE--
<?php
use Async\{Pool, Status};
use function Async\async;

$first = new Pool();
$second = new Pool();
unset($first);
var_dump(async(fn() => 1)->status() === Status::Pending);
unset($second);
var_dump(async(fn() => 1)->status() === Status::Pending);
?>
--EXPECT--
bool(true)
bool(false)
