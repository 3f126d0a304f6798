--TEST--
What was cancelled, cannot be serialized or is longer than async.max_result is not run again
--INI--
async.max_result=100000
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $runs = new Runs();
    $gate = new Gate();
    $begun = new Gate();
    $pool = Pool::create()->tasksPerChild($tasks)->retry(5);
    $pool['stream'] = fn() => $runs->count('stream') ? tmpfile() : null;
    $pool['closure'] = fn() => $runs->count('closure') ? fn() => 1 : null;
    $pool['long'] = fn() => $runs->count('long') ? str_repeat('.', 1_000_000) : null;
    $pool['cancelled'] = function () use ($runs, $gate, $begun) {
        $runs->count('cancelled');
        $begun->open();
        $gate->never();
    };
    $begun->pass();
    $pool['cancelled']->cancel();
    echo "$kind\n";
    $names = $pool->keys();
    foreach (settle(array_combine($names, array_map(fn($name) => $pool[$name], $names))) as $name => $future) {
        echo $name, ': ', $future->error()::class, ', attempts ', $future->attempts(), ', runs ', $runs->of($name), "\n";
    }
}
?>
--EXPECT--
isolated
stream: Async\NotSerializableException, attempts 1, runs 1
closure: Async\NotSerializableException, attempts 1, runs 1
long: Async\ProtocolException, attempts 1, runs 1
cancelled: Async\CancelledException, attempts 1, runs 1
warm
stream: Async\NotSerializableException, attempts 1, runs 1
closure: Async\NotSerializableException, attempts 1, runs 1
long: Async\ProtocolException, attempts 1, runs 1
cancelled: Async\CancelledException, attempts 1, runs 1
