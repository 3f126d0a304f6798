--TEST--
With queueLimit() add() and $pool[] wait while so many tasks are queued, and handle what ends meanwhile
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $pool = Pool::create()->tasksPerChild($tasks)->concurrency(2)->queueLimit(3);
    [$most, $handled, $added] = [0, 0, 0];
    for ($n = 0; $n < 60; $n++) {
        $task = function () { usleep(500); return 1; };
        if ($n % 2) {
            $pool[] = $task;
        } else {
            $pool->add($task)->then(function ($one) use (&$handled) { $handled += $one; });
        }
        $most = max($most, $pool->status()->queued);
        $added = $added ?: ($handled > 0 ? $n : 0);
    }
    // A warm worker that is free may not have taken its next task yet.
    echo "$kind: ", $most <= ($kind === 'warm' ? 5 : 3) ? 'at most 3' : "even $most", ', ', $added > 0 && $added < 59 ? 'handled meanwhile' : "handled at $added", ', ', array_sum(await($pool)), "\n";
}

echo "-- in a handler, in a generator, with a map beside it\n";
$pool = Pool::create()->concurrency(1)->queueLimit(1);
$pool->add(fn() => 'first')->then(function ($value) use ($pool) {
    foreach (range(1, 5) as $n) {
        $pool[] = fn() => $n;
    }
    return $value;
});
echo json_encode(await($pool)), "\n";
$pool = Pool::create()->concurrency(2)->queueLimit(1)->tasksPerChild(0);
$squares = [];
foreach ($pool->map(range(1, 20), fn($n) => $n * $n) as $square) {
    $pool[] = fn() => 1;
    $squares[] = $square;
}
echo array_sum($squares), ' ', array_sum(await($pool)), "\n";

echo "-- a stopped pool has room, and null is no limit\n";
$pool = Pool::create()->concurrency(1)->queueLimit(1);
$gate = new Gate();
$pool[] = fn() => $gate->never();
$pool->stop();
$pool[] = fn() => 1;
$pool[] = fn() => 1;
echo count($pool), "\n";
$pool->cancel();
$pool = Pool::create()->concurrency(1)->queueLimit(1)->queueLimit(null);
$pool[] = fn() => $gate->pass();
for ($n = 0; $n < 9; $n++) {
    $pool[] = fn() => $n;
}
echo $pool->status()->queued, "\n";
$gate->open();
await($pool);
echo "-- a future that runs already waits for nothing\n";
$pool = Pool::create()->concurrency(1)->queueLimit(1);
$running = Async\async(fn() => 'runs')->start();
$pool[] = $running;
$pool[] = fn() => 2;
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
isolated: at most 3, handled meanwhile, 60
warm: at most 3, handled meanwhile, 60
-- in a handler, in a generator, with a map beside it
["first",1,2,3,4,5]
2870 20
-- a stopped pool has room, and null is no limit
3
9
-- a future that runs already waits for nothing
["runs",2]
