--TEST--
A shutdown function that the task registered runs once, in its child, also after exit and an exception (pain 20)
--FILE--
<?php
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
foreach ([fn() => 1, fn() => exit(1), fn() => throw new DomainException('x')] as $i => $task) {
    $future = async(function () use ($notes, $task, $i) {
        register_shutdown_function(fn() => $notes->write("$i in " . getmypid()));
        return $task();
    });
    settle([$future]);
    var_dump($notes->all() === ["$i in " . $future->pid()]);
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
