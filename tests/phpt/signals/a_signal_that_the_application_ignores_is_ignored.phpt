--TEST--
A signal that the application ignores ends neither the parent nor its tasks
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

pcntl_signal(SIGTERM, SIG_IGN);
$gate = new Gate();
$future = async(function () use ($gate) { $gate->pass(); return 'went on'; });
posix_kill(getmypid(), SIGTERM);
$gate->open();
echo await($future), "\n";
?>
--EXPECT--
went on
