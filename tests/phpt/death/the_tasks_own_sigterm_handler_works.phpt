--TEST--
A handler of SIGTERM that the task installs works, and its value still comes
--FILE--
<?php
use function Async\{async, await};

var_dump(await(async(function () {
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, function () use (&$got) { $got = true; });
    posix_kill(getmypid(), SIGTERM);
    return $got;
})));
?>
--EXPECT--
bool(true)
