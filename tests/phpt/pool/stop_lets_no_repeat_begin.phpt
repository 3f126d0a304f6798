--TEST--
stop() lets no repeat begin: what waits for one has failed as it did; cancel() cancels it, start() begins it
--FILE--
<?php
use Async\{Pool, Status};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

function waiting(Pool $pool, Runs $runs, string $how): void
{
    $pool['task'] = match ($how) {
        'throw' => fn() => $runs->count('task') > 1 ? 'well' : throw new DomainException('thrown'),
        'die' => fn() => $runs->count('task') > 1 ? 'well' : posix_kill(getmypid(), SIGKILL),
        'time' => function () use ($runs) {
            while ($runs->count('task') < 2) {
                sleep(60);
            }
            return 'well';
        },
    };
    $pool['task']->timeout($how === 'time' ? 1 : 0);
    while ($pool->status()->retries === 0) {
        $pool->tick();
    }
}

function tell(string $what, Pool $pool, Runs $runs): void
{
    foreach (settle($pool) ?: ['task' => $pool['task']] as $future) {
        $error = $future->error();
        echo "$what: ", $future->status()->name, ' ', $error ? $error::class : $future->await(), ', attempts ', $future->attempts(),
            ', runs ', $runs->of('task'), ', retries ', $pool->status()->retries, ', pid ', var_export($future->pid() !== null, true), "\n";
    }
}

foreach ([1, 0] as $tasks) {
    foreach (['throw', 'die', 'time'] as $how) {
        waiting($pool = Pool::create()->tasksPerChild($tasks)->retry(3, 1000), $runs = new Runs(), $how);
        tell("stop after $how", $pool->stop(), $runs);
    }
    waiting($pool = Pool::create()->tasksPerChild($tasks)->retry(3, 1000), $runs = new Runs(), 'throw');
    tell('cancel', $pool->cancel(), $runs);
    waiting($pool = Pool::create()->tasksPerChild($tasks)->retry(3, 1000), $runs = new Runs(), 'throw');
    var_dump($pool['task']->cancel());
    tell('cancel of the future', $pool, $runs);
    waiting($pool = Pool::create()->tasksPerChild($tasks)->retry(3, 1000), $runs = new Runs(), 'throw');
    $pool['task']->start();
    tell('start', $pool, $runs);
    // What runs goes on after stop(), and is not run again.
    $gate = new Gate();
    $begun = new Gate();
    $pool = Pool::create()->tasksPerChild($tasks)->retry(3);
    $runs = new Runs();
    $pool['task'] = function () use ($gate, $begun, $runs) {
        $runs->count('task');
        $begun->open();
        $gate->pass();
        throw new DomainException();
    };
    $begun->pass();
    $pool->stop();
    $gate->open();
    tell('stop while it runs', $pool, $runs);
}
?>
--EXPECT--
stop after throw: Failed DomainException, attempts 1, runs 1, retries 0, pid true
stop after die: Failed Async\ProcessDiedException, attempts 1, runs 1, retries 0, pid true
stop after time: TimedOut Async\TimeoutException, attempts 1, runs 1, retries 0, pid true
cancel: Cancelled Async\CancelledException, attempts 1, runs 1, retries 1, pid false
bool(true)
cancel of the future: Cancelled Async\CancelledException, attempts 1, runs 1, retries 1, pid false
start: Succeeded well, attempts 2, runs 2, retries 1, pid true
stop while it runs: Failed DomainException, attempts 1, runs 1, retries 0, pid true
stop after throw: Failed DomainException, attempts 1, runs 1, retries 0, pid true
stop after die: Failed Async\ProcessDiedException, attempts 1, runs 1, retries 0, pid true
stop after time: TimedOut Async\TimeoutException, attempts 1, runs 1, retries 0, pid true
cancel: Cancelled Async\CancelledException, attempts 1, runs 1, retries 1, pid false
bool(true)
cancel of the future: Cancelled Async\CancelledException, attempts 1, runs 1, retries 1, pid false
start: Succeeded well, attempts 2, runs 2, retries 1, pid true
stop while it runs: Failed DomainException, attempts 1, runs 1, retries 0, pid true
