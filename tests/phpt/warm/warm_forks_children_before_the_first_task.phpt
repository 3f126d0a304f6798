--TEST--
warm() forks children before the first task, as many as asked for within the slots, and they stay without work
--INI--
async.idle_timeout=0.05
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

function children(): array
{
    $pids = array_map('intval', array_filter(explode(' ', file_get_contents('/proc/self/task/' . getmypid() . '/children'))));
    return array_filter($pids, alive(...));
}

/** The processes that run so many tasks at once, and how they got them. */
function at_once(Pool $pool, int $count): array
{
    $file = tempnam(sys_get_temp_dir(), 'met');
    $futures = [];
    for ($i = 0; $i < $count; $i++) {
        $futures[] = $pool->add(static function () use ($file, $count) {
            file_put_contents($file, '.', FILE_APPEND);
            for ($until = hrtime(true) + 20e9; filesize($file) < $count && hrtime(true) < $until; clearstatcache()) {
                usleep(200);
            }
            return getmypid();
        });
    }
    $pids = await($futures);
    unlink($file);
    sort($pids);
    return [$pids, array_map(fn($future) => $future->route()->name, $futures)];
}

foreach (['all slots' => [3, null, 3], 'some' => [3, 2, 2], 'more than slots' => [2, 5, 2]] as $name => [$slots, $asked, $right]) {
    $pool = Pool::create()->concurrency($slots)->warm($asked);
    $there = children();
    sort($there); // with the keys from 0 on
    [$pids, $routes] = at_once($pool, $right);
    echo "$name: ", count($there), ' children, ', $pids === $there ? 'and these run the tasks' : 'others run the tasks', ', ', implode(' ', array_unique($routes)), "\n";

    // One of another pool, forked later, has left: these have had as much time.
    $other = Pool::create()->concurrency(1)->tasksPerChild(0);
    ended(await([$other->add(fn() => getmypid())])[0]);
    echo at_once($pool, $right)[0] === $there ? "they have stayed\n" : "they have left\n";
    unset($pool, $other);
    ended(...$there);
}

// What it is called for twice it does once; more are forked for more.
$pool = Pool::create()->concurrency(4)->warm(1)->warm(1);
echo count(children()), ' ', count($pool->warm(3) ? children() : []), "\n";

// One that was there already stays from then on, unless it has left by then.
$pool = null;
ended(...children());
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
await([$pool->add(fn() => getmypid())]);
$pid = array_values(($pool->warm() ? children() : []))[0];
ended(await([Pool::create()->tasksPerChild(0)->add(fn() => getmypid())])[0]);
echo alive($pid) ? "it is there\n" : "it has left\n";
?>
--EXPECT--
all slots: 3 children, and these run the tasks, Sent
they have stayed
some: 2 children, and these run the tasks, Sent
they have stayed
more than slots: 2 children, and these run the tasks, Sent
they have stayed
1 3
it is there
