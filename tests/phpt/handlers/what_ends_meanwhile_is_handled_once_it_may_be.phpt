--TEST--
What ends inside a handler, a destructor, an autoloader or an output callback is handled as soon as that is over, whatever it does meanwhile
--INI--
async.handlers=anywhere
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Place
{
    public function __construct(private Closure $act) {}
    public function __destruct() { ($this->act)(); }
}

$places = [
    'handler' => function (Closure $act): void {
        $future = async(fn() => 1)->finally(function () use ($act) { $act(); });
        await($future);
    },
    'handler that an interrupt runs' => function (Closure $act): void {
        $over = false;
        async(fn() => 1)->finally(function () use ($act, &$over) { $act(); $over = true; });
        until(function () use (&$over) { return $over; });
    },
    'destructor' => function (Closure $act): void { new Place($act); },
    'autoloader' => function (Closure $act): void {
        spl_autoload_register($loader = fn(string $class) => $act());
        class_exists('Missing');
        spl_autoload_unregister($loader);
    },
    'output callback' => function (Closure $act): void {
        ob_start(function (string $text) use ($act) { $act(); return $text; });
        ob_end_flush();
    },
];
$ways = [
    'works' => fn() => null,
    'awaits' => fn() => await(async(fn() => 1)),
    'ticks' => fn() => Pool::create()->tick(),
    'starts a task' => fn() => async(fn() => 1),
];

/** Short calls, as a script makes them that waits for something else. */
function until(Closure $seen): void
{
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while (!$seen() && hrtime(true) < $deadline) {
        usleep(1000);
    }
}

foreach ($places as $place => $in) {
    foreach ($ways as $way => $do) {
        foreach ([1, 0] as $tasks) {
            $pool = Pool::create()->tasksPerChild($tasks);
            await($pool->add(fn() => 1)); // where they stay, one is there
            $handled = 0;
            $in(function () use ($pool, $do, $way, &$handled) {
                $gate = new Gate();
                foreach ([$pool->add(fn() => $gate->pass() ?? getmypid()), $pool->add(fn() => $gate->pass() ?? getmypid())] as $future) {
                    $future->finally(function () use (&$handled) { $handled++; });
                }
                $gate->open();
                if ($way !== 'works') {
                    $do();
                }
                $gate->open();
                $tasks = $pool->getInProgress();
                foreach ($tasks as $task) { // one that does not stay has ended; what the other kind has told was looked for
                    ($pid = $task->pid()) !== null && $task->route()?->name === 'Forked' && ended($pid);
                }
                for ($i = 0; $i < 100_000; $i++);
            });
            until(function () use (&$handled) { return $handled === 2; });
            if ($handled !== 2) {
                echo "$place, $way, tasksPerChild($tasks): $handled of 2 handled\n";
            }
        }
    }
}
echo "done\n";
?>
--EXPECT--
done
