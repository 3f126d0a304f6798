--TEST--
In a child signals have their default actions, whatever the parent had installed
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

pcntl_async_signals(true);
$handler = function () { echo "the parent's handler ran in the child\n"; };
foreach ([SIGTERM, SIGINT, SIGUSR1] as $signal) {
    pcntl_signal($signal, $handler);
    $e = failure(async(function () use ($signal) { posix_kill(getmypid(), $signal); usleep(1); return 'not ended'; }));
    echo $e?->signalName, "\n";
}
?>
--EXPECT--
SIGTERM
SIGINT
SIGUSR1
