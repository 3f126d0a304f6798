--TEST--
Who waits for a lock in vain is told which task and which process hold it
--FILE--
<?php
use Async\{Mutex, Pool, Semaphore, TimeoutException};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

function timed_out(callable $wait): void
{
    try {
        $wait();
    } catch (TimeoutException $e) {
        echo preg_replace(['/\(pid \d+\)/', '/the process \d+/'], ['(pid P)', 'the process P'], $e->getMessage()), "\n";
    }
}

$mutex = new Mutex();
$semaphore = new Semaphore(2);
foreach ([false, true] as $warm) {
    $gate = new Gate();
    $free = new Gate();
    $pool = Pool::create()->concurrency(1);
    $warm and $pool->tasksPerChild(0);
    $pool['holds'] = function () use ($mutex, $semaphore, $gate, $free) {
        $mutex->acquire();
        $semaphore->acquire();
        $gate->open();
        $free->pass();
    };
    $gate->pass();
    $semaphore->acquire();
    timed_out(fn() => $mutex->acquire(0.03));
    timed_out(fn() => $mutex->acquire(0.0));
    timed_out(fn() => $semaphore->acquire(0.03));
    $free->open();
    await($pool);
    $semaphore->release();
}
$mutex->acquire();
await(async(fn() => timed_out(fn() => $mutex->acquire(0.001))));
?>
--EXPECT--
the lock was not free within 0.03 s: task "holds" (pid P) holds it
the lock was not free within 0 s: task "holds" (pid P) holds it
the semaphore was not free within 0.03 s: task "holds" (pid P), this process (pid P) hold it
the lock was not free within 0.03 s: task "holds" (pid P) holds it
the lock was not free within 0 s: task "holds" (pid P) holds it
the semaphore was not free within 0.03 s: this process (pid P), task "holds" (pid P) hold it
the lock was not free within 0.001 s: the process P holds it
