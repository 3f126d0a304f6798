--TEST--
A child does not hold the result pipes of others: who was killed is known at once, whatever goes on beside (pain 24)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$first = async(function () use ($gate) { $gate->pass(); posix_kill(getmypid(), SIGKILL); });
$second = async(fn() => (new Gate())->never()); // forked while the first one's pipe was open
$third = async(function () { shell_exec('sleep 60 >/dev/null 2>&1 &'); return 'not held up by what it left running'; });
$gate->open();
echo failure($first)->signalName, "\n", await($third), "\n";
$second->cancel();
?>
--EXPECT--
SIGKILL
not held up by what it left running
