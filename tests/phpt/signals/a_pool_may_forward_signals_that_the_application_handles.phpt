--TEST--
Pool::forwardSignals() passes signals that the application handles to the tasks that run, and to no others
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

pcntl_async_signals(true);
$task = fn(Notes $notes, string $name) => function () use ($notes, $name) {
    pcntl_async_signals(true);
    foreach ([SIGHUP, SIGTERM, SIGUSR1, SIGWINCH] as $signal) {
        pcntl_signal($signal, function () use ($notes, $name, $signal) { $notes->write("$name $signal"); });
    }
    $notes->write("$name runs");
    while (true) {
        usleep(1000);
    }
};

foreach (['own' => 1, 'stay' => 0] as $kind => $tasks) {
    foreach (['before' => true, 'after' => false] as $when => $before) {
        [$handled, $notes, $others] = [0, new Notes(), new Notes()];
        foreach ([SIGTERM, SIGUSR1, SIGWINCH, SIGHUP] as $signal) {
            pcntl_signal($signal, SIG_DFL);
        }
        $handle = function () use (&$handled) {
            foreach ([SIGTERM, SIGUSR1, SIGWINCH] as $signal) {
                pcntl_signal($signal, function () use (&$handled) { $handled++; });
            }
        };
        $pool = Pool::create()->concurrency(2)->tasksPerChild($tasks);
        $before && $handle();
        $pool->forwardSignals(SIGTERM, SIGUSR1);
        $before || $handle();
        $pool['task'] = $task($notes, 'ours');
        $other = Pool::create();
        $other['task'] = $task($others, 'others');
        foreach ([$notes, $others] as $of) {
            $of->next();
        }
        posix_kill(getmypid(), SIGUSR1);
        posix_kill(getmypid(), SIGWINCH);
        $told = $notes->next();
        $pool->forwardSignals(SIGTERM);
        posix_kill(getmypid(), SIGUSR1);
        posix_kill(getmypid(), SIGTERM);
        $told .= ', ' . $notes->next();
        $pool->forwardSignals();
        posix_kill(getmypid(), SIGTERM);
        echo "$kind, $when: $told, ", count($notes->all()), ' more, ', count($others->all()), " elsewhere, $handled handled\n";
        $pool->cancel();
        $other->cancel();
        Async\settle($pool);
        Async\settle($other);
    }
}
?>
--EXPECT--
own, before: ours 10, ours 15, 0 more, 0 elsewhere, 5 handled
own, after: ours 10, ours 15, 0 more, 0 elsewhere, 5 handled
stay, before: ours 10, ours 15, 0 more, 0 elsewhere, 5 handled
stay, after: ours 10, ours 15, 0 more, 0 elsewhere, 5 handled
