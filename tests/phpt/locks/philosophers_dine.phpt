--TEST--
Five philosophers with five forks dine, and none for ever alone
--FILE--
<?php
use Async\{Counter, Mutex, Pool, Semaphore};
use function Async\await;

$forks = array_map(fn() => new Mutex(), range(0, 4));
$meals = new Counter();
// Four at the table: so one of them has both forks.
$table = new Semaphore(4);
$pool = Pool::create()->concurrency(5);
for ($i = 0; $i < 5; $i++) {
    $pool[$i] = function () use ($forks, $i, $meals, $table) {
        for ($eaten = 0; $eaten < 100; $eaten++) {
            $table->synchronized(fn() => $forks[$i]->synchronized(
                fn() => $forks[($i + 1) % 5]->synchronized($meals->add(...)),
            ));
        }
        return $eaten;
    };
}
echo json_encode(await($pool, 60)), ' ', $meals->get(), "\n";
?>
--EXPECT--
[100,100,100,100,100] 500
