--TEST--
The stream of a pool is readable when a repeat is due, or a time limit is over, so that a loop of one's own gets on
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $runs = new Runs();
    $gate = new Gate();
    $pool = Pool::create()->tasksPerChild($tasks)->retry(2, 0.05)->timeout(1);
    $pool['throws'] = fn() => ($n = $runs->count('throws')) > 2 ? $n : throw new DomainException();
    $pool['hangs'] = fn() => ($n = $runs->count('hangs')) > 1 ? $n : $gate->never();
    $stream = $pool->stream();
    for ($ended = 0; $ended < 2; $ended += $pool->tick()) {
        $read = [$stream];
        $write = $except = null;
        if (@stream_select($read, $write, $except, PATIENCE) === 0) {
            exit('nothing happens');
        }
    }
    echo $kind, ' ', json_encode($pool->wait()), "\n";
}
?>
--EXPECT--
isolated {"throws":3,"hangs":2}
warm {"throws":3,"hangs":2}
