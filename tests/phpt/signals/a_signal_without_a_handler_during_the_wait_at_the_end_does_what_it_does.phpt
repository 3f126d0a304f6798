--TEST--
While the end of the script waits, a signal that it does not handle ends it and its tasks, and one that it ignores ends neither
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['not handled' => '', 'ignored' => "trap '' INT;"] as $name => $before) {
    $open = tempnam(sys_get_temp_dir(), 'async');
    unlink($open);
    $script = new Script('
        pcntl_async_signals(true);
        pcntl_signal(SIGTERM, function () { exit(4); });
        register_shutdown_function(function () { echo "waits\n"; });
        $ready = new Notes();
        $future = async(function () use ($ready) {
            $ready->write(getmypid());
            while (!file_exists(' . var_export($open, true) . ')) { usleep(1000); clearstatcache(); }
            echo "the task is done\n";
        })->start();
        echo $ready->next(), "\n";
        while (true) { sleep(1); }
    ', before: $before);
    $task = (int) $script->line();
    $script->signal(SIGTERM);
    $line = $script->line();
    in_state($script->pid, 'S');
    $script->signal(SIGINT);
    $script->signal(SIGINT);
    if ($before) {
        touch($open);
    }
    ended($task);
    echo "$name: $line, ", trim($script->rest()) ?: 'nothing more', ', ', $script->end(), "\n";
    is_file($open) && unlink($open);
}
?>
--EXPECT--
not handled: waits, nothing more, 130
ignored: waits, the task is done, 4
