--TEST--
SIGINT, SIGTERM, SIGHUP and SIGQUIT reach the children, and then do what the application has set (pain 34)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach ([SIGINT, SIGTERM, SIGHUP, SIGQUIT] as $signal) {
    $script = new Script('
        pcntl_async_signals(true);
        pcntl_signal(' . $signal . ', function () { echo "handler ran\n"; });
        $ready = new Gate();
        $future = async(function () use ($ready) { $ready->open(); while (true) { sleep(60); } });
        $ready->pass();
        echo "ready\n";
        $e = failure($future);
        echo $e::class, " ", $e->signal, "\n";
    ');
    $script->line();
    $script->signal($signal);
    $lines = [$script->line(), $script->line()];
    sort($lines);
    echo implode(', ', $lines), ', exit ', $script->end(), "\n";
}
?>
--EXPECT--
Async\ProcessDiedException 2, handler ran, exit 0
Async\ProcessDiedException 15, handler ran, exit 0
Async\ProcessDiedException 1, handler ran, exit 0
Async\ProcessDiedException 3, handler ran, exit 0
