--TEST--
A holder that is killed frees its lock, and the next one is told, once
--EXTENSIONS--
posix
--FILE--
<?php
use Async\{Mutex, Pool, ProcessDiedException};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$mutex = new Mutex();
$told = 0;
for ($i = 0; $i < 20; $i++) {
    $gate = new Gate();
    $closed = new Gate();
    $holder = async(function () use ($mutex, $gate, $closed) {
        $mutex->acquire();
        $gate->open();
        $closed->never();
    })->start();
    $gate->pass();
    $waiter = async(function () use ($mutex, $gate) {
        $gate->open();
        $mutex->acquire();
        $first = $mutex->wasAbandoned();
        $mutex->release();
        $mutex->acquire();
        return $first && !$mutex->wasAbandoned();
    })->start();
    $gate->pass();
    posix_kill($holder->pid(), SIGKILL);
    try {
        await($holder);
    } catch (ProcessDiedException) {
        // The waiter waits since before, or begins to wait now.
    }
    $told += (int) await($waiter);
    // The waiter has ended with the lock.
    $told += (int) ($mutex->tryAcquire() && $mutex->wasAbandoned());
    $mutex->release();
}
var_dump($told);
?>
--EXPECT--
int(40)
