--TEST--
The time limit of an item holds although somebody has left its map, and lets go of the pool: its child is ended
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = Pool::create()->concurrency(2)->timeout(2);
$results = $pool->map((fn() => yield from range(0, 99))(), function (int $i) use ($notes) {
    if ($i === 1) {
        $notes->write(getmypid());
        while (true) {
            posix_kill(getmypid(), SIGSTOP);
        }
    }
    return $i;
}, ordered: false);
echo $results->current(), "\n";
$pid = (int) $notes->next();
in_state($pid, 'T');
$results = $pool = null;
ended($pid);
echo "ended\n";
?>
--EXPECT--
0
ended
