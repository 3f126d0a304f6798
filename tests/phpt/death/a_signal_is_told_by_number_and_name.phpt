--TEST--
A death by a signal is told by number and name (pain 2)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

foreach ([SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGBUS, SIGUSR1] as $signal) {
    $future = async(function () use ($signal) { posix_kill(getmypid(), $signal); exit(77); });
    $e = failure($future);
    echo $e::class, ' ', $e->signal === $signal ? 'the signal' : 'signal ' . $e->signal, ' ', $e->signalName, ' ',
        json_encode($e->exitCode), ' ', $e->pid === $future->pid() ? 'pid' : 'no pid', ' ',
        str_contains($e->getMessage(), $e->signalName) && str_contains($e->getMessage(), (string) $e->pid) ? 'in the message' : $e->getMessage(), "\n";
}
?>
--EXPECT--
Async\ProcessDiedException the signal SIGKILL null pid in the message
Async\ProcessDiedException the signal SIGTERM null pid in the message
Async\ProcessDiedException the signal SIGSEGV null pid in the message
Async\ProcessDiedException the signal SIGABRT null pid in the message
Async\ProcessDiedException the signal SIGBUS null pid in the message
Async\ProcessDiedException the signal SIGUSR1 null pid in the message
