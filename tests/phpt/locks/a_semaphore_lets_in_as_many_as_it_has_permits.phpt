--TEST--
A semaphore lets in as many processes as it has permits
--FILE--
<?php
use Async\{Counter, Pool, Semaphore};
use function Async\await;

$semaphore = new Semaphore(2);
$inside = new Counter();
$most = new Counter();
$pool = Pool::create()->concurrency(5);
for ($i = 0; $i < 5; $i++) {
    $pool[] = function () use ($semaphore, $inside, $most) {
        for ($j = 0; $j < 100; $j++) {
            $semaphore->synchronized(function () use ($inside, $most) {
                $now = $inside->add();
                while (($before = $most->get()) < $now && !$most->compareAndSet($before, $now)) {
                }
                $now < 2 and usleep(50);
                $inside->add(-1);
            });
        }
    };
}
await($pool);
var_dump($most->get(), $inside->get(), $semaphore->available());
$semaphore->acquire();
var_dump($semaphore->available(), $semaphore->tryAcquire(), $semaphore->tryAcquire(), $semaphore->available());
?>
--EXPECT--
int(2)
int(0)
int(2)
int(1)
bool(true)
bool(false)
int(0)
