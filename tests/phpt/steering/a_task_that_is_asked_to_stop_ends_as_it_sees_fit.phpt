--TEST--
cancel() with a grace asks the task first: what it makes of that is its outcome, and finally blocks run; without one it ends at once
--FILE--
<?php
use Async\{CancelledException, Pool};
use function Async\{async, await, cancelled, throwIfCancelled};

require __DIR__ . '/../../support/sync.php';

function outcome(Async\Future $future): string
{
    try {
        return json_encode($future->await());
    } catch (Throwable $e) {
        return $e::class . ': ' . preg_replace('/(#|\[|pid )\d+/', '$1N', $e->getMessage());
    }
}

/** Not bound to the tasks: a warm worker can run them all. */
final class Shared
{
    public static Gate $gate;
    public static Notes $notes;
}

foreach (['isolated' => fn() => new Pool(), 'warm' => fn() => Pool::create()->tasksPerChild(0)->concurrency(1)] as $kind => $make) {
    echo "$kind:\n";
    [Shared::$gate, Shared::$notes] = [new Gate(), new Notes()];
    $pool = $make();
    $run = function (Closure $task) use ($pool) {
        $future = $pool->add($task);
        Shared::$gate->pass();
        var_dump($future->cancel(30));
        echo outcome($future), ', ', $future->status()->name, "\n";
    };
    $run(function () {
        Shared::$gate->open();
        try {
            while (true) {
                throwIfCancelled();
            }
        } finally {
            Shared::$notes->write('finally');
        }
    });
    echo implode(' ', Shared::$notes->all()), "\n";
    $run(function () { Shared::$gate->open(); while (!cancelled()); return 'the part that is done'; });
    $run(function () { Shared::$gate->open(); while (!cancelled()); throw new DomainException('of its own'); });
    $run(function () { Shared::$gate->open(); while (!cancelled()); exit(3); });
    echo outcome($pool->add(fn() => cancelled() ? 'ASKED' : 'the next one is not asked')), "\n";
}

echo "without being asked:\n";
$gate = new Gate();
$future = async(function () use ($gate) { $gate->open(); while (true) { usleep(1000); } });
$gate->pass();
var_dump($future->cancel(0.05), $future->cancel(20));   // the earlier end holds
echo outcome($future), "\n";
$gate = new Gate();
$future = async(function () use ($gate) { pcntl_async_signals(true); pcntl_signal(SIGTERM, SIG_IGN); $gate->open(); while (true) { usleep(1000); } });
$gate->pass();
ini_set('async.kill_grace', '0.05');
$future->cancel(0);
echo outcome($future), "\n";
$gate = new Gate();
$future = async(function () use ($gate) { $gate->open(); while (true) { usleep(1000); } })->timeout(0.1);
$gate->pass();
$future->cancel(30);
echo outcome($future), ', ', $future->status()->name, "\n";
$gate = new Gate();
$future = async(function () use ($gate) { $gate->open(); while (true) { usleep(1000); } });
$gate->pass();
var_dump($future->cancel(30), $future->cancel());
echo outcome($future), "\n";
var_dump($future->cancel(1));

echo "others:\n";
$pool = Pool::create()->concurrency(1)->retry(3);
$gate = new Gate();
$pool['asked'] = function () use ($gate) { $gate->open(); while (true) { throwIfCancelled(); } };
$pool['queued'] = fn() => 'RUNS';
$gate->pass();
$pool['queued']->cancel(30);
$pool['asked']->cancel(30);
echo json_encode(await($pool)), ' ', $pool['asked']->attempts(), ' ', $pool->status(), "\n";
var_dump(cancelled());
throwIfCancelled();
foreach ([-1.0, NAN, INF, 'soon'] as $grace) {
    echo told(fn() => $future->cancel($grace)), "\n";
}
echo told(fn() => cancelled(1)), "\n", told(fn() => throwIfCancelled(1)), "\n";
?>
--EXPECT--
isolated:
bool(true)
Async\CancelledException: task [N] (pid N) was cancelled, Cancelled
finally
bool(true)
"the part that is done", Succeeded
bool(true)
DomainException: of its own, Failed
bool(true)
Async\ProcessDiedException: task [N] (pid N) called exit(3) and gave no value; return a value instead, Failed
"the next one is not asked"
warm:
bool(true)
Async\CancelledException: task #N (pid N) was cancelled, Cancelled
finally
bool(true)
"the part that is done", Succeeded
bool(true)
DomainException: of its own, Failed
bool(true)
Async\ProcessDiedException: task [N] (pid N) called exit(3) and gave no value; return a value instead, Failed
"the next one is not asked"
without being asked:
bool(true)
bool(true)
Async\CancelledException: task #N (pid N) was cancelled
Async\CancelledException: task #N (pid N) was cancelled
Async\TimeoutException: task #N (pid N) did not end within 0.1 s and was ended; raise timeout() or make the task shorter, TimedOut
bool(true)
bool(true)
Async\CancelledException: task #N (pid N) was cancelled
bool(false)
others:
[] 1 queue: 0 - finished: 0 - failed: 2 - timeout: 0
cancelled, and counted as failed: 2
bool(false)
ValueError: Async\Future::cancel(): Argument #1 ($grace) must be greater than or equal to 0
ValueError: Async\Future::cancel(): Argument #1 ($grace) must be finite
ValueError: Async\Future::cancel(): Argument #1 ($grace) must be finite
TypeError: Async\Future::cancel(): Argument #1 ($grace) must be of type ?float, string given
ArgumentCountError: Async\cancelled() expects exactly 0 arguments, 1 given
ArgumentCountError: Async\throwIfCancelled() expects exactly 0 arguments, 1 given
