--TEST--
An idle child that somebody has stopped holds up no task: others run them, another is forked, and its place is given up
--INI--
async.idle_timeout=0
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** The children of a warm pool, asleep. */
function asleep(Pool $pool, int $count): array
{
    $gate = new Gate();
    $futures = [];
    for ($i = 0; $i < $count; $i++) {
        $futures[] = $pool->add(fn() => $gate->pass() ?? getmypid());
    }
    while (count($pool->getInProgress()) < $count) {
        $pool->tick();
    }
    $gate->open($count);
    $pids = await($futures);
    foreach ($pids as $pid) {
        in_state($pid, 'S');
    }
    return $pids;
}

function tasks(Pool $pool): array
{
    return array_map(fn($n) => $pool->add(fn() => $n), range(1, 4));
}

// Whichever of them is woken first.
foreach ([0, 1, 2] as $which) {
    $pool = Pool::create()->concurrency(3)->tasksPerChild(0);
    $pids = asleep($pool, 3);
    foreach ($pids as $i => $pid) {
        $i === $which or posix_kill($pid, SIGSTOP);
        $i === $which or in_state($pid, 'T');
    }
    echo implode(' ', await(tasks($pool), PATIENCE)), "\n";
    foreach ($pids as $pid) {
        posix_kill($pid, SIGCONT);
    }
}

// The parent is in a system call: the others look by themselves.
$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
foreach ([0, 1] as $which) {
    $pid = asleep($pool, 2)[$which];
    posix_kill($pid, SIGSTOP);
    in_state($pid, 'T');
    $file = tempnam(sys_get_temp_dir(), 'runs');
    $future = $pool->add(fn() => unlink($file));
    $program = popen("while test -e $file; do sleep 0.01; done", 'r');
    pclose($program);
    echo "it has run\n";
    await($future);
    posix_kill($pid, SIGCONT);
}

// There is a slot for one more.
$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
[$pid] = asleep($pool, 1);
posix_kill($pid, SIGSTOP);
in_state($pid, 'T');
echo implode(' ', await(tasks($pool), PATIENCE)), "\n";
posix_kill($pid, SIGCONT);

// Its place is wanted.
echo php(<<<'PHP'
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    $pid = await([$pool->add(getmypid(...))])[0];
    in_state($pid, 'S');
    posix_kill($pid, SIGSTOP);
    in_state($pid, 'T');
    echo await($pool->add(fn() => 'a place'), PATIENCE), "\n";
    PHP, '-d async.max_children=1 -d async.idle_timeout=0');
?>
--EXPECT--
1 2 3 4
1 2 3 4
1 2 3 4
it has run
it has run
1 2 3 4
a place
exit 0
