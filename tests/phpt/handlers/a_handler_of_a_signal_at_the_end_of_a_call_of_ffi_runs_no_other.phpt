--TEST--
What is due while a handler of a signal runs at the end of a call of FFI is told after that call
--EXTENSIONS--
ffi
pcntl
posix
--FILE--
<?php
use function Async\async;

$c = FFI::cdef('int raise(int signal);');
$told = [];
$inside = false;
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use (&$inside, &$told): void {
    $inside = true;
    $future = async(fn () => 1)->then(function () use (&$inside, &$told): void {
        new Exception(); // its backtrace reads all frames
        $told[] = $inside;
    });
    $future->start();
    $until = hrtime(true) + 30_000_000;
    while (hrtime(true) < $until); // long enough for the task to end meanwhile
    $inside = false;
});
for ($i = 0; $i < 5; $i++) {
    $c->raise(SIGUSR1);
    for ($until = hrtime(true) + 5_000_000_000; count($told) <= $i && hrtime(true) < $until;);
}
echo count($told), "\n";
// Older engines call the handler of the signal between two statements, where others may run.
var_dump(PHP_VERSION_ID >= 80400 && in_array(true, $told, true));
?>
--EXPECT--
5
bool(false)
