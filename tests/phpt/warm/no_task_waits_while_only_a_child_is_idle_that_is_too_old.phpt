--TEST--
A task that only a younger child can run does not wait while an older one is idle: that one is replaced
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate(); // it cannot be serialized, so whoever runs the task has to be younger than the task
for ($round = 0; $round < 100; $round++) {
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    $pool[] = fn() => $gate->pass();
    $pool[] = fn() => $gate->pass();
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while (count($pool->getInProgress()) < 2) {
        if (hrtime(true) > $deadline) {
            exit("round $round: one waits for the other\n");
        }
    }
    $gate->open(2);
    $pool->wait();
}
echo "done\n";
?>
--EXPECT--
done
