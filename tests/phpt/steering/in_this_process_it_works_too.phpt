--TEST--
With async.mode=sync a task that its own code asks to stop sees that, and its progress can be read while it runs
--INI--
async.mode=sync
--FILE--
<?php
use Async\Pool;
use function Async\{await, cancelled, deadline, progress, throwIfCancelled};

$pool = new Pool();
$pool['asked'] = function () use ($pool) {
    progress(0.5, 'half');
    echo $pool['asked']->progress(), ' ', $pool['asked']->progressMessage(), "\n";
    var_dump(cancelled(), $pool['asked']->cancel(1), cancelled(), deadline());
    try {
        throwIfCancelled();
    } finally {
        echo "finally\n";
    }
};
$pool['gives a value'] = function () use ($pool) { $pool['gives a value']->cancel(1); return cancelled() ? 'the part that is done' : 'NOT ASKED'; };
echo json_encode(await($pool)), ' ', $pool['asked']->status()->name, ' ', json_encode($pool['asked']->progress()), "\n";
$pool->signal(SIGUSR1);
?>
--EXPECT--
0.5 half
bool(false)
bool(true)
bool(true)
NULL
finally
{"gives a value":"the part that is done"} Cancelled null
