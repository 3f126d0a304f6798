--TEST--
async.max_children gets the permits back of tasks that are killed, also of those whose own parent was killed first (pain 30)
--INI--
async.max_children=4
--FILE--
<?php
use Async\Pool;
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
for ($round = 0; $round < 5; $round++) {
    $middle = async(function () use ($notes) {
        for ($i = 0; $i < 3; $i++) {
            async(function () use ($notes) { $notes->write(getmypid()); while (true) { sleep(60); } })->start();
        }
        while (true) { sleep(60); }
    })->start();
    $pids = [(int) $notes->next(), (int) $notes->next(), (int) $notes->next()];
    posix_kill($middle->pid(), SIGKILL);
    settle([$middle]);
    ended(...$pids);
}
$gates = [new Gate(), new Gate()];
$pool = Pool::create()->concurrency(8);
for ($i = 0; $i < 4; $i++) {
    $pool[] = function () use ($gates) { $gates[0]->open(); $gates[1]->pass(); return 'held a place'; };
}
$pool->wait(function () use ($gates, &$passed) { // children are started while the parent waits
    $passed ??= 0;
    $read = [(fn() => $this->inner)->call($gates[0])];
    $none = null;
    while ($passed < 4 && stream_select($read, $none, $none, 0)) {
        $gates[0]->pass();
        $passed++;
    }
    if ($passed === 4) {
        $gates[1]->open(4);
        $passed++;
    }
});
echo implode("\n", $pool->wait()), "\n";
?>
--EXPECT--
held a place
held a place
held a place
held a place
