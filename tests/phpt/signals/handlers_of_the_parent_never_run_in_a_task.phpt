--TEST--
Handlers of the parent never run in a task, for signals of before the fork and after it, and what it ignored is ignored there
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$parent = getmypid();
foreach ([SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGCHLD, SIGWINCH] as $signal) {
    pcntl_signal($signal, function () use ($parent, $signal) {
        getmypid() === $parent || fwrite(STDERR, "the parent's handler of $signal runs in a task\n");
    });
    posix_kill($parent, $signal); // noted down, and not handled yet
}
pcntl_signal(SIGUSR2, SIG_IGN);
foreach (['own' => 1, 'stay' => 0] as $kind => $tasks) {
    foreach ([SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGALRM] as $signal) {
        $pool = Pool::create()->tasksPerChild($tasks);
        $future = $pool->add(function () use ($signal) {
            pcntl_async_signals(true);
            pcntl_signal(SIGQUIT, fn() => null);
            foreach ([SIGUSR2, SIGCHLD, SIGWINCH, SIGQUIT] as $harmless) {
                posix_kill(getmypid(), $harmless);
                pcntl_signal_dispatch();
            }
            if (is_object(pcntl_signal_get_handler($signal))) {
                return 'a handler';
            }
            posix_kill(getmypid(), $signal);
            usleep(1);
            return 'not ended';
        });
        $names[$kind][] = (failure($future) ?? $future())->signalName;
    }
    echo "$kind: ", implode(' ', $names[$kind]), "\n";
}
echo async(fn() => implode(' ', array_map(pcntl_signal_get_handler(...), [SIGTERM, SIGCHLD])))(), "\n";
?>
--EXPECT--
own: SIGHUP SIGINT SIGTERM SIGUSR1 SIGALRM
stay: SIGHUP SIGINT SIGTERM SIGUSR1 SIGALRM
0 0
