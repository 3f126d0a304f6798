--TEST--
Six levels of tasks share what the first has made, and what each has made itself
--FILE--
<?php
use Async\{Counter, Mutex, Pool, Semaphore, Shared};
use function Async\await;

$mutex = new Mutex();
$semaphore = new Semaphore(2);
$counter = new Counter();
$shared = new Shared(0);
function level(int $depth, Mutex $mutex, Semaphore $semaphore, Counter $counter, Shared $shared): int
{
    $mutex->synchronized(function () use ($shared) {
        $shared->set($shared->get() + 1);
    });
    $semaphore->synchronized(fn() => $counter->add());
    if ($depth === 6) {
        return 1;
    }
    $own = new Shared(1);
    $lock = new Mutex();
    $pool = Pool::create()->concurrency(2);
    for ($i = 0; $i < 2; $i++) {
        $pool[] = function () use ($own, $lock, $depth, $mutex, $semaphore, $counter, $shared) {
            $below = level($depth + 1, $mutex, $semaphore, $counter, $shared);
            $lock->synchronized(fn() => $own->set($own->get() + $below));
        };
    }
    await($pool);
    return $own->get();
}
var_dump(level(1, $mutex, $semaphore, $counter, $shared), $counter->get(), $shared->get(), $semaphore->available());
?>
--EXPECT--
int(63)
int(63)
int(63)
int(2)
