--TEST--
The status of a failure is Failed, whatever kind it is
--FILE--
<?php
use function Async\{async, settle};

foreach ([fn() => throw new Exception('x'), fn() => exit(0), fn() => posix_kill(getmypid(), 9), fn() => fn() => 1] as $task) {
    $future = async($task);
    settle([$future]);
    var_dump($future->status());
}
?>
--EXPECT--
enum(Async\Status::Failed)
enum(Async\Status::Failed)
enum(Async\Status::Failed)
enum(Async\Status::Failed)
