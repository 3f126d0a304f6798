--TEST--
A task that ignores SIGTERM is cancelled too, after async.kill_grace (pain 32)
--INI--
async.kill_grace=0.1
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$ready = new Gate();
$future = async(function () use ($ready) {
    pcntl_signal(SIGTERM, SIG_IGN);
    $ready->open();
    (new Gate())->never();
});
$ready->pass();
$pid = $future->pid();
$future->cancel();
echo failure(fn() => await($future))::class, "\n";
ended($pid);
?>
--EXPECT--
Async\CancelledException
