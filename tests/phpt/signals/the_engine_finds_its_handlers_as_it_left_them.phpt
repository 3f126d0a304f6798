--TEST--
At the end of a script the engine finds its own handlers of signals in place (zend.signal_check)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$scripts = [
    'a task' => 'echo await(async(fn() => "fine"));',
    'warm workers and a map' => 'echo implode(" ", Async\map([1, 2, 3], fn($n) => $n));',
    'with handlers' => 'pcntl_async_signals(true);
        foreach ([SIGINT, SIGTERM, SIGCHLD] as $signal) { pcntl_signal($signal, fn() => null); }
        echo await(async(fn() => "fine"));',
    'a wait at the end' => 'pcntl_signal(SIGTERM, fn() => null);
        $gate = new Gate();
        async(function () use ($gate) { $gate->pass(); echo "fine"; })->start();
        async(function () use ($gate) { usleep(10_000); $gate->open(); })->start();',
];
foreach ($scripts as $name => $script) {
    foreach (['', ' -d async.notifier=signal'] as $notifier) {
        echo "$name$notifier: ", php($script, "-d zend.signal_check=1 -d display_startup_errors=1$notifier");
    }
}
?>
--EXPECT--
a task: fine
exit 0
a task -d async.notifier=signal: fine
exit 0
warm workers and a map: 1 2 3
exit 0
warm workers and a map -d async.notifier=signal: 1 2 3
exit 0
with handlers: fine
exit 0
with handlers -d async.notifier=signal: fine
exit 0
a wait at the end: fine
exit 0
a wait at the end -d async.notifier=signal: fine
exit 0
