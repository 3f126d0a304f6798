--TEST--
A pcntl_fork() of the application leaves our tasks alone: the other process neither waits for them nor ends them
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$future = async(function () use ($gate) { $gate->pass(); return 'for the parent'; });
$pid = pcntl_fork();
if ($pid === 0) {
    define('FORKED_BY_THE_TEST', true);
    exit(5); // an ordinary end, with shutdown functions and destructors
}
pcntl_waitpid($pid, $status);
echo 'exit ', pcntl_wexitstatus($status), ', ', alive($future->pid()) ? 'still runs' : 'GONE', "\n";
$gate->open();
echo await($future), "\n";
?>
--EXPECT--
exit 5, still runs
for the parent
