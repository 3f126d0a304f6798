--TEST--
Taking a lock twice, and giving back what another process holds, or nobody, are exceptions that name the holder
--FILE--
<?php
use Async\{LockException, Mutex, Semaphore};
use function Async\{async, await};

function told(callable $wrong): void
{
    try {
        $wrong();
        echo "nothing\n";
    } catch (LockException $e) {
        echo preg_replace(['/\(pid \d+\)/', '/the process \d+/'], ['(pid P)', 'the process P'], $e->getMessage()), "\n";
    }
}

$mutex = new Mutex();
$semaphore = new Semaphore(2);
told(fn() => $mutex->release());
told(fn() => $semaphore->release());
$mutex->acquire();
$semaphore->acquire();
$semaphore->acquire();
told(fn() => $mutex->acquire());
told(fn() => $mutex->acquire(1.0));
told(fn() => $mutex->synchronized(fn() => 1));
told(fn() => $semaphore->acquire());
await(async(function () use ($mutex, $semaphore) {
    told(fn() => $mutex->release());
    told(fn() => $semaphore->release());
}));
var_dump($mutex->tryAcquire(), $semaphore->tryAcquire());
$mutex->release();
told(fn() => $mutex->synchronized(fn() => $mutex->release()));
// What the function throws is what is told.
try {
    $mutex->synchronized(function () use ($mutex) {
        $mutex->release();
        throw new DomainException('mine');
    });
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
var_dump($mutex->tryAcquire());
?>
--EXPECT--
this process (pid P) cannot release the lock: nobody holds it; acquire it first
this process (pid P) cannot release the semaphore: it holds no permit; acquire one first
this process (pid P) holds the lock already, and would wait for itself for ever; release it first
this process (pid P) holds the lock already, and would wait for itself for ever; release it first
this process (pid P) holds the lock already, and would wait for itself for ever; release it first
this process (pid P) holds all permits of the semaphore (2) already, and would wait for itself for ever; release one first
this process (pid P) cannot release the lock: the process P holds it; acquire it first
this process (pid P) cannot release the semaphore: it holds no permit; acquire one first
bool(false)
bool(false)
this process (pid P) cannot release the lock: nobody holds it; acquire it first
mine
bool(true)
