--TEST--
Tasks that come at the very moment when idle children leave all run, and never in more children than there are slots
--INI--
async.idle_timeout=0.002
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
$lock = new Notes();
$seen = [];
for ($round = 0; $round < 250; $round++) {
    usleep(1500 + $round * 7 % 1000);
    $gate = new Gate();
    foreach ([0, 1] as $i) {
        $pool[] = function () use ($gate, $i) { // both are needed for either to end
            $i === 0 ? $gate->open() : $gate->pass();
            return getmypid();
        };
    }
    $pids = await($pool, PATIENCE);
    $pool->clearFinished();
    count(array_unique($pids)) <= 2 or print("more than two\n");
    $seen += array_flip($pids);
}
echo count($seen) > 20 ? "many have left\n" : count($seen) . " children\n", "done\n";
?>
--EXPECT--
many have left
done
