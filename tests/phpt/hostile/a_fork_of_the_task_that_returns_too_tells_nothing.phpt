--TEST--
A fork that a task makes and that comes back from the task too tells nothing: the value is that of the task's own process
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

for ($round = 0; $round < 20; $round++) {
    $values[] = await(async(function () {
        $pid = pcntl_fork();
        if ($pid === 0) {
            return 'the fork';
        }
        pcntl_waitpid($pid, $status); // it has come to its end first
        return "the task, and its fork ended with $status";
    }));
}
print_r(array_count_values($values));
?>
--EXPECT--
Array
(
    [the task, and its fork ended with 0] => 20
)
