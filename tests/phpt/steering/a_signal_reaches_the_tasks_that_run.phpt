--TEST--
Pool::signal() sends a signal to the tasks of the pool that run, and to no others
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

foreach (['isolated' => fn() => Pool::create(), 'warm' => fn() => Pool::create()->tasksPerChild(0)] as $kind => $make) {
    $pool = $make()->concurrency(2);
    $ready = new Gate();
    $task = function () use ($ready) {
        $got = null;
        pcntl_async_signals(true);
        pcntl_signal(SIGUSR1, function (int $signal) use (&$got) { $got = $signal; });
        $ready->open();
        while ($got === null) {
            usleep(1000);
        }
        return $got === SIGUSR1 ? 'got it' : $got;
    };
    $pool['a'] = $task;
    $pool['b'] = $task;
    $pool['queued'] = fn() => 'not sent anything';
    $other = async(function () use ($ready) { $ready->open(); return 'of no pool'; });
    $ready->pass(3);
    var_dump($pool->signal(SIGUSR1) === $pool);
    echo $kind, ' ', json_encode(await($pool)), ' ', await($other), "\n";
    $pool->signal(SIGUSR1); // nothing runs: idle workers are left alone
    echo json_encode(await(['next' => $pool->add(fn() => 'fine')])), "\n";
}
foreach ([0, 65, -1, SIGKILL, SIGSTOP, SIGSEGV, 'SIGUSR1'] as $wrong) {
    echo told(fn() => $pool->signal($wrong)), "\n";
}
echo told(fn() => $pool->signal()), "\n";
?>
--EXPECT--
bool(true)
isolated {"a":"got it","b":"got it","queued":"not sent anything"} of no pool
{"next":"fine"}
bool(true)
warm {"a":"got it","b":"got it","queued":"not sent anything"} of no pool
{"next":"fine"}
ValueError: Async\Pool::signal(): Argument #1 ($signal) must be between 1 and 64
ValueError: Async\Pool::signal(): Argument #1 ($signal) must be between 1 and 64
ValueError: Async\Pool::signal(): Argument #1 ($signal) must be between 1 and 64
ValueError: Async\Pool::signal(): Argument #1 ($signal) must be a signal that can be handled
ValueError: Async\Pool::signal(): Argument #1 ($signal) must be a signal that can be handled
ValueError: Async\Pool::signal(): Argument #1 ($signal) must be a signal that can be handled
TypeError: Async\Pool::signal(): Argument #1 ($signal) must be of type int, string given
ArgumentCountError: Async\Pool::signal() expects exactly 1 argument, 0 given
