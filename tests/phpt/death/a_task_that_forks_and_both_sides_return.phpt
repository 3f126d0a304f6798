--TEST--
A task that forks by itself gives its own value; the other process changes nothing
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
echo await(async(function () use ($notes) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        $notes->write('grandchild');
        posix_kill(getmypid(), SIGKILL);
    }
    pcntl_waitpid($pid, $status);
    return 'the task';
})), "\n";
echo $notes->next(), "\n";
?>
--EXPECT--
the task
grandchild
