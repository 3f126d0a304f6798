--TEST--
A task that dies while the script is in a function that FFI calls is told after that call
--EXTENSIONS--
ffi
--FILE--
<?php
use Async\ProcessDiedException;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$c = FFI::cdef('int usleep(unsigned microseconds);');
for ($told = $i = 0; $i < 20; $i++) {
    $future = async(fn () => posix_kill(getmypid(), SIGKILL))
        ->catch(function (ProcessDiedException $e) use (&$told) {
            $told++;
        })
        ->start();
    for ($tries = 0; $told <= $i && $tries < 1000; $tries++) {
        $c->usleep(5_000);
    }
}
echo $told, "\n";
?>
--EXPECT--
20
