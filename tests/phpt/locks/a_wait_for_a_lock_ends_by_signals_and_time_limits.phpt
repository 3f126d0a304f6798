--TEST--
A wait for a lock, a permit or a shared value ends by Ctrl-C, by what a signal handler throws, and by PHP's time limit
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$begin = <<<'PHP'
    [$mutex, $semaphore, $shared] = [new Async\Mutex(), new Async\Semaphore(1), new Async\Shared()];
    [$gate, $closed] = [new Gate(), new Gate()];
    async(function () use ($mutex, $semaphore, $shared, $gate, $closed) {
        $mutex->acquire();
        $semaphore->acquire();
        $shared->update(function () use ($gate, $closed) {
            $gate->open();
            $closed->never();
        });
    })->start();
    $gate->pass();
    echo "waits\n";

    PHP;
foreach (['$mutex->acquire();', '$semaphore->acquire();', '$shared->set(1);'] as $wait) {
    $interrupted = new Script($begin . $wait);
    $interrupted->line();
    $interrupted->signal(SIGINT);
    echo $interrupted->rest(), $interrupted->end(), "\n";

    $handles = new Script(
        'pcntl_async_signals(true); pcntl_signal(SIGUSR1, fn() => throw new Exception("from the handler"));'
            . "$begin try { $wait } catch (Exception \$e) { echo \$e->getMessage(), \"\\n\"; }",
        '-d async.at_exit=kill',
    );
    $handles->line();
    $handles->signal(SIGUSR1);
    echo $handles->rest();
    $handles->end();

    // The limit counts the CPU time of the process: it is used up before the wait.
    $limited = "set_time_limit(1); \$now = hrtime(true); while (hrtime(true) < \$now + 9e8) {} echo 'x'; while (true) { try { "
        . str_replace('acquire()', 'acquire(0.001)', $wait) . ' } catch (Async\TimeoutException) {} }';
    if (!str_contains($wait, 'shared')) {
        echo preg_match('/Maximum execution time of 1 second exceeded/', php($begin . $limited, '-d async.at_exit=kill')), "\n";
    }
}
?>
--EXPECT--
130
from the handler
1
130
from the handler
1
130
from the handler
