--TEST--
What is added to a stopped pool is cancelled at once, with its handlers; await($pool) leaves it out
--FILE--
<?php
use Async\{CancelledException, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$runs = new Runs();
$task = fn() => $runs->add('a task');
foreach (['children of their own' => 1, 'warm workers' => 0] as $what => $tasks) {
    foreach (['stop', 'cancel'] as $how) {
        echo "$what, $how(): ";
        $pool = Pool::create()->tasksPerChild($tasks);
        $pool['before'] = fn() => 1;
        await($pool['before']);
        $pool->$how();
        $added = $pool->add($task, 'added');
        $told = 'not told';
        $added->finally(function () use (&$told) { $told = 'told'; });
        $pool['set'] = $task;
        echo $added->status()->name, ' ', $pool['set']->status()->name, ' ', $added->cancel() ? 'again' : 'once', ' ',
            $added->start()->status()->name, ', ', told(fn() => await($added)), "\n";
        $given = [];
        foreach ($pool as $key => $future) {
            $given[] = "$key: " . $future->status()->name;
        }
        $status = $pool->status();
        echo json_encode(await($pool)), ' ', count($pool), " $told, queued $status->queued, running $status->running, ",
            implode(', ', $given), "\n";
    }
}

// Its handlers run as those of any that is cancelled.
$pool = Pool::create()->stop();
$told = [];
$future = $pool->add(async($task)
    ->then(function () use (&$told) { $told[] = 'then'; })
    ->catch(function (CancelledException $e) use (&$told) { $told[] = 'catch'; })
    ->finally(function () use (&$told) { $told[] = 'finally'; }));
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while (count($told) < 2) {
    if (hrtime(true) > $deadline) {
        break; // nobody awaits it: handlers run at a safe point
    }
}
echo json_encode($told), "\n";

// The same where nothing has ever run.
echo php(<<<'CODE'
    $told = false;
    $pool = Pool::create()->stop();
    $pool->add(async(fn() => 1)->finally(function () use (&$told) { $told = true; }));
    for ($deadline = hrtime(true) + PATIENCE * 1_000_000_000; !$told && hrtime(true) < $deadline;);
    echo $told ? 'told' : 'NOT TOLD', "\n";
    CODE);

// Stopped in a handler which adds more.
$pool = Pool::create()->concurrency(1);
$pool[] = async(fn() => 'ran')->then(function () use ($pool, $task) {
    $pool->stop();
    for ($i = 0; $i < 20; $i++) {
        $pool[] = $task;
    }
});
echo json_encode($pool->wait()), ' ', count($pool), "\n";
unset($pool);
echo json_encode($runs->all()), "\n";

// With a function that does nothing else, and nothing that waits for it: its handlers run before the script is over.
Pool::create()->stop()->add($task)->finally(function () { echo "over\n"; });
?>
--EXPECT--
children of their own, stop(): Cancelled Cancelled once Cancelled, Async\CancelledException: task "added" was cancelled
{"before":1} 3 told, queued 0, running 0, before: Succeeded, added: Cancelled, set: Cancelled
children of their own, cancel(): Cancelled Cancelled once Cancelled, Async\CancelledException: task "added" was cancelled
{"before":1} 3 told, queued 0, running 0, before: Succeeded, added: Cancelled, set: Cancelled
warm workers, stop(): Cancelled Cancelled once Cancelled, Async\CancelledException: task "added" was cancelled
{"before":1} 3 told, queued 0, running 0, before: Succeeded, added: Cancelled, set: Cancelled
warm workers, cancel(): Cancelled Cancelled once Cancelled, Async\CancelledException: task "added" was cancelled
{"before":1} 3 told, queued 0, running 0, before: Succeeded, added: Cancelled, set: Cancelled
["catch","finally"]
told
exit 0
["ran"] 21
[]
over
