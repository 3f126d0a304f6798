--TEST--
The end of the script waits after exit in a handler of a signal; a second SIGINT or SIGTERM during that wait ends the tasks
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

/*
 * Each script has a task that would run for ever, tells that it waits for it at its end, and is sent one signal after the
 * other; what it does at the end of each is told, and whether the task is alive.
 */
$exit = 'function () { tell("exit"); exit(7); }';
$ways = [
    'exit in the handler' => ["pcntl_async_signals(true); on([SIGINT, SIGTERM], $exit);", 'loop();'],
    'exit in pcntl_signal_dispatch()' => ["on([SIGINT, SIGTERM], $exit);", 'loop("pcntl_signal_dispatch");'],
    'exit in await()' => ["pcntl_async_signals(true); on([SIGINT, SIGTERM], $exit);", 'tell("begun"); $future->await();'],
];
$script = fn(array $way, int $tasks, string $task) => new Script('
    function tell(string $line) { echo $line, "\n"; }
    function loop(?callable $f = null) { tell("begun"); while (true) { usleep(1000); $f && $f(); } }
    function on(array $signals, callable $f) { foreach ($signals as $signal) { pcntl_signal($signal, $f); } }
    register_shutdown_function(fn() => tell("waits"));
    $ready = new Notes();
    ' . $way[0] . '
    $pool = Pool::create()->tasksPerChild(' . $tasks . ');
    $pool["late"] = fn() => null;
    $future = $pool->add(function () use ($ready) {
        ' . $task . '
        $ready->write(getmypid());
        while (true) { sleep(60); }
    });
    echo $ready->next(), "\n";
    ' . $way[1], '-d async.kill_grace=' . ($task === '' ? PATIENCE : 0.1));
$tasks = [
    'ends by SIGTERM' => '',
    'ignores SIGTERM' => 'pcntl_signal(SIGTERM, SIG_IGN);',
];

foreach ($ways as $name => $way) {
    foreach ([1, 0] as $stay) {
        foreach ([[SIGTERM, SIGTERM], [SIGINT, SIGTERM], [SIGTERM, SIGINT]] as $i => $signals) {
            $parent = $script($way, $stay, array_values($tasks)[$i % 2]);
            $task = (int) $parent->line();
            $lines = [$parent->line()];
            $parent->signal($signals[0]);
            $lines[] = $parent->line();
            $lines[] = $parent->line();
            in_state($parent->pid, 'S');
            $lines[] = alive($task) ? 'the task runs' : 'THE TASK IS GONE';
            $parent->signal($signals[1]);
            ended($task);
            $parent->rest(); // whether pcntl calls the handler once more is its own affair
            $told[$name][implode(', ', [...$lines, $parent->end()])][] = "$stay $i";
        }
    }
}
foreach ($told as $name => $stories) {
    foreach ($stories as $story => $of) {
        echo "$name: $story (", count($of), " of 6)\n";
    }
}
?>
--EXPECT--
exit in the handler: begun, exit, waits, the task runs, 7 (6 of 6)
exit in pcntl_signal_dispatch(): begun, exit, waits, the task runs, 7 (6 of 6)
exit in await(): begun, exit, waits, the task runs, 7 (6 of 6)
