--TEST--
A repeat waits for its backoff, twice as long each time, and others have its slot meanwhile
--FILE--
<?php
use Async\{Pool, Status};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $runs = new Runs();
    $pool = Pool::create()->tasksPerChild($tasks)->concurrency(1)->retry(2, 1);
    $pool['fails'] = function () use ($runs) {
        $runs->count('fails');
        throw new DomainException((string) hrtime(true));
    };
    for ($i = 0; $i < 3; $i++) {
        $pool[] = fn() => $runs->count('other');
    }
    $begun = hrtime(true);
    $order = [];
    foreach ($pool as $key => $future) {
        $order[] = $key;
        if ($key === 2) {
            echo $kind, ': ', $pool['fails']->status()->name, ', attempts ', $pool['fails']->attempts(), ', queue ',
                json_encode(array_keys($pool->getQueue())), ', running ', json_encode(array_keys($pool->getInProgress())), "\n";
        }
    }
    echo implode(' ', $order), ' / ', implode(' ', $runs->all()), "\n";
    var_dump(hrtime(true) - $begun >= 3e9);
    $pool['fails']->catch(fn() => null);
}
?>
--EXPECT--
isolated: Queued, attempts 1, queue ["fails"], running []
0 1 2 fails / fails other other other fails fails
bool(true)
warm: Queued, attempts 1, queue ["fails"], running []
0 1 2 fails / fails other other other fails fails
bool(true)
