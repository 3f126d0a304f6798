--TEST--
No death has an empty message: every signal that kills, every kind of code (pain 4)
--INI--
display_errors=0
--FILE--
<?php
use Async\ProcessDiedException;
use function Async\{async, settle};

$kill = [];
foreach ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64] as $signal) {
    $kill[] = function () use ($signal) { posix_kill(getmypid(), $signal); exit(77); };
}
foreach ([0, 1, 2, 127, 128, 200, 255] as $code) {
    $kill[] = fn() => exit($code);
}
$kill[] = fn() => fn() => 1;
$kill[] = fn() => throw new Async\AsyncException();
$empty = 0;
$kinds = [];
foreach (settle(array_map(async(...), $kill)) as $i => $future) {
    $e = $future->error();
    if ($e instanceof ProcessDiedException) {
        $kinds[$e->signal === null ? 'exit' : 'signal'] = true;
        if ($e->signal !== null && !preg_match('/^SIG[A-Z]/', $e->signalName)) {
            echo "signal {$e->signal} is called {$e->signalName}\n";
        }
    }
    $empty += $e instanceof ProcessDiedException && ($e->getMessage() === '' || !str_contains($e->getMessage(), (string) $e->pid)) ? 1 : 0;
}
echo implode(' ', array_keys($kinds)), ', ', $empty, " without a message that names the pid\n";
?>
--EXPECT--
signal exit, 0 without a message that names the pid
