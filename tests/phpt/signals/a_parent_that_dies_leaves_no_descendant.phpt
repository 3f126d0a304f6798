--TEST--
A parent that dies by any signal leaves none of its descendants: nested tasks, commands, forks, stopped ones (pain 34)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach ([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL, SIGSEGV, SIGABRT] as $signal) {
    $script = new Script('
        $notes = new Notes();
        $stay = function () use ($notes) { $notes->write(getmypid()); while (true) { sleep(60); } };
        $futures[] = async(function () use ($notes, $stay) {
            async(function () use ($stay) { async($stay)->start(); $stay(); })->start();
            $stay();
        });
        $futures[] = async(function () use ($notes) {
            $notes->write(getmypid());
            $process = proc_open(["sleep", "60"], [], $pipes);
            $notes->write(proc_get_status($process)["pid"]);
            proc_close($process);
        });
        $futures[] = async(function () use ($stay) { pcntl_fork(); $stay(); });
        $futures[] = async(function () use ($notes) {
            $notes->write(getmypid());
            while (true) { posix_kill(getmypid(), SIGSTOP); }
        });
        $futures[] = async(function () use ($notes) {
            $notes->write(getmypid());
            foreach ([SIGINT, SIGTERM, SIGHUP, SIGQUIT] as $signal) { pcntl_signal($signal, SIG_IGN); }
            while (true) { sleep(60); }
        });
        echo implode(" ", array_map(fn() => $notes->next(), range(1, 9))), "\n";
        await($futures);
    ', before: 'ulimit -c 0;');
    $pids = array_map('intval', explode(' ', $script->line()));
    $script->signal($signal);
    echo $script->end() === 128 + $signal ? 'by the signal' : 'OTHERWISE', ', ';
    ended(...$pids);
    echo count($pids), " descendants gone\n";
}
?>
--EXPECT--
by the signal, 9 descendants gone
by the signal, 9 descendants gone
by the signal, 9 descendants gone
by the signal, 9 descendants gone
by the signal, 9 descendants gone
by the signal, 9 descendants gone
by the signal, 9 descendants gone
