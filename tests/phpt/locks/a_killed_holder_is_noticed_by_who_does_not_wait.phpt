--TEST--
That a holder was killed is noticed without waiting, too
--EXTENSIONS--
posix
--FILE--
<?php
use Async\{Mutex, Semaphore};
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$mutex = new Mutex();
$other = new Mutex();
$semaphore = new Semaphore(2);
$gate = new Gate();
$closed = new Gate();
$holder = async(function () use ($mutex, $other, $semaphore, $gate, $closed) {
    $mutex->acquire();
    $other->acquire();
    $semaphore->acquire();
    $semaphore->acquire();
    $gate->open();
    $closed->never();
})->start();
$gate->pass();
check('held', !$mutex->tryAcquire() && !$semaphore->tryAcquire() && $semaphore->available() === 0);
posix_kill($holder->pid(), SIGKILL);
ended($holder->pid());
check('the lock', $mutex->tryAcquire() && $mutex->wasAbandoned());
$other->acquire(0.0);
check('the lock, with no time to wait', $other->wasAbandoned());
check('a permit', $semaphore->tryAcquire());
check('the permits', $semaphore->available() === 1);
settle([$holder]);
?>
--EXPECT--
held: yes
the lock: yes
the lock, with no time to wait: yes
a permit: yes
the permits: yes
