--TEST--
A signal of the application still cuts its sleep short
--FILE--
<?php
use function Async\{async, await};

pcntl_async_signals(true);
$rang = false;
pcntl_signal(SIGALRM, function () use (&$rang) { $rang = true; });
await(async(fn() => 1));
pcntl_alarm(1);
$left = sleep(30);
var_dump($rang, $left > 20);
?>
--EXPECT--
bool(true)
bool(true)
