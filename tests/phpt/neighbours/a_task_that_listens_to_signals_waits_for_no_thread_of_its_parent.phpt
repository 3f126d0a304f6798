--TEST--
A task that is forked while a thread of a library handles a signal starts tasks and forwards signals itself, and so do its tasks
--EXTENSIONS--
ffi
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v cc')) === '') { die('skip needs a C compiler'); }
?>
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/compile.php';

$directory = sys_get_temp_dir() . '/async-' . getmypid();
mkdir($directory);
$c = FFI::cdef('void handle(int signal); void hold(int signal); void let_go();', compiled('held', $directory));
array_map(unlink(...), glob("$directory/*"));
rmdir($directory);

/** Has tasks below tasks, each of which gets the signals that its parent handles: one that ours forward, and another. */
function forwarded(int $below): string
{
    $told = [];
    foreach ([SIGUSR1, SIGUSR2] as $signal) {
        [$ready, $handled] = [new Notes(), 0];
        pcntl_async_signals(true);
        pcntl_signal($signal, function () use (&$handled) { $handled++; });
        $pool = Pool::create()->forwardSignals($signal)->timeout(PATIENCE);
        $future = $pool->add(function () use ($signal, $ready, $below) {
            $below = $below > 0 ? ', below ' . forwarded($below - 1) : '';
            $got = 0;
            pcntl_signal($signal, function () use (&$got) { $got++; });
            $ready->write('ready');
            while (!$got) {
                usleep(1000);
            }
            return "$got by the task$below";
        });
        $ready->next();
        posix_kill(getmypid(), $signal);
        $told[] = "$handled by its parent, " . $future->await();
    }
    return '(' . implode('; ', $told) . ')';
}

$c->handle(SIGUSR1);
$c->handle(SIGURG); // by which children report to their parent without a notifier thread
$pool = Pool::create()->forwardSignals(SIGUSR1)->timeout(PATIENCE);
echo $pool->add(fn() => 'both are listened to')->await(), "\n";
foreach ([SIGUSR1, SIGURG] as $signal) {
    $c->hold($signal);
    $tasks = [
        $pool->add(fn() => await(async(fn() => 'starts a task'))),
        $pool->add(function () {
            pcntl_signal(SIGTERM, fn() => null); // it is listened to while the end waits
            async(fn() => null)->start();
            return 'ends before its task';
        }),
        $pool->add(fn() => forwarded(0)),
        $pool->add(fn() => forwarded(1)),
    ];
    foreach ($tasks as $task) {
        echo $task->await(), "\n";
    }
    $c->let_go();
}
?>
--EXPECT--
both are listened to
starts a task
ends before its task
(1 by its parent, 1 by the task; 1 by its parent, 1 by the task)
(1 by its parent, 1 by the task, below (1 by its parent, 1 by the task; 1 by its parent, 1 by the task); 1 by its parent, 1 by the task, below (1 by its parent, 1 by the task; 1 by its parent, 1 by the task))
starts a task
ends before its task
(1 by its parent, 1 by the task; 1 by its parent, 1 by the task)
(1 by its parent, 1 by the task, below (1 by its parent, 1 by the task; 1 by its parent, 1 by the task); 1 by its parent, 1 by the task, below (1 by its parent, 1 by the task; 1 by its parent, 1 by the task))
