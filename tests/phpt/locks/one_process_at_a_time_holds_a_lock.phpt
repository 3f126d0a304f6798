--TEST--
One process at a time holds a lock: isolated tasks, warm workers, functions of a map, and the parent
--FILE--
<?php
use Async\{Counter, Mutex, Pool, Shared};
use function Async\{await, map};

$mutex = new Mutex();
// Not one step: without the lock some of these additions would be lost.
$sum = new Shared(0);
$inside = new Counter();
$most = new Counter();
$add = function () use ($mutex, $sum, $inside, $most) {
    for ($i = 0; $i < 200; $i++) {
        $mutex->synchronized(function () use ($sum, $inside, $most) {
            $now = $inside->add();
            $most->get() < $now and $most->set($now);
            $sum->set($sum->get() + 1);
            $inside->add(-1);
        });
    }
    return true;
};
$isolated = Pool::create()->concurrency(3);
$warm = Pool::create()->concurrency(3)->tasksPerChild(0);
for ($i = 0; $i < 6; $i++) {
    $isolated[] = $add;
    $warm[] = $add;
}
$add();
await($isolated);
await($warm);
map(range(1, 6), fn() => $add(), 3);
var_dump($sum->get(), $most->get());
?>
--EXPECT--
int(3800)
int(1)
