--TEST--
With SIGCHLD blocked values still come, in a loop and at await (pain 27)
--FILE--
<?php
use function Async\{async, await};

set_time_limit(20);
pcntl_sigprocmask(SIG_BLOCK, [SIGCHLD]);
$done = null;
async(fn() => 'in a loop')->then(function (string $value) use (&$done) { $done = $value; });
while ($done === null);
echo $done, "\n", await(async(fn() => 'awaited')), "\n";
?>
--EXPECT--
in a loop
awaited
