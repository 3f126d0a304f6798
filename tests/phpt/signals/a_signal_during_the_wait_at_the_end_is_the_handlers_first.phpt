--TEST--
While the end of the script waits, the first SIGINT or SIGTERM is for its handler to decide, and the second one ends the tasks
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach ([1, 0] as $tasks) {
    foreach (['stops the pool' => '$pool->stop();', 'does nothing' => '', 'exits' => 'exit(3);'] as $name => $decision) {
        foreach ([1, 2] as $count) {
            $script = new Script('
                pcntl_async_signals(true);
                register_shutdown_function(function () { echo "waits\n"; });
                $ready = new Notes();
                $gate = new Gate();
                $pool = Pool::create()->tasksPerChild(' . $tasks . ');
                pcntl_signal(SIGTERM, function () use ($pool, $gate) {
                    echo "handled\n";
                    ' . ($count === 1 ? '$gate->open();' : '') . $decision . '
                });
                $pool[] = function () use ($ready, $gate) {
                    $ready->write(getmypid());
                    $gate->pass();
                    echo "the task is done\n";
                };
                $ready->next();
            ');
            $lines = [$script->line()];
            for ($i = 1; $i <= $count; $i++) {
                in_state($script->pid, 'S');
                $script->signal(SIGTERM);
                $lines[] = $script->line();
            }
            array_push($lines, ...array_filter(explode("\n", trim($script->rest()))));
            $told["$name, $count: " . implode(', ', [...$lines, $script->end()])][] = $tasks;
        }
    }
}
foreach ($told as $story => $of) {
    echo $story, ' (', count($of), " of 2)\n";
}
?>
--EXPECT--
stops the pool, 1: waits, handled, the task is done, 0 (2 of 2)
stops the pool, 2: waits, handled, handled, 0 (2 of 2)
does nothing, 1: waits, handled, the task is done, 0 (2 of 2)
does nothing, 2: waits, handled, handled, 0 (2 of 2)
exits, 1: waits, handled, the task is done, 3 (2 of 2)
exits, 2: waits, handled, handled, 3 (2 of 2)
