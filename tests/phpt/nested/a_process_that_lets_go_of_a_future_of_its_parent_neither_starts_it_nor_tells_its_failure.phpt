--TEST--
A forked process that lets go of its copy of its parent's future neither starts that nor tells its failure: both are the parent's
--EXTENSIONS--
pcntl
--FILE--
<?php
const FORKED_BY_THE_TEST = true;

use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
set_error_handler(function (int $level, string $text) use ($notes) { $notes->write(strstr($text, ' of', true)); });
$failure = function () {
    $failed = async(fn() => throw new Exception())->start();
    while ($failed->status() !== Status::Failed) {
        usleep(100); // nobody awaits it
    }
    return $failed;
};

$hand_on = fn(callable $task) => async($task); // not started yet, while there is a pool
$said = function () use ($notes) {
    $lines = $notes->all();
    sort($lines);
    return $lines === [] ? 'nothing' : implode(', ', $lines);
};

foreach (['a child of its own', 'a warm worker', 'a fork'] as $tasks => $what) {
    $pool = Pool::create()->tasksPerChild(1 - $tasks % 2);
    $failed = $failure();
    $ran = new Gate();
    $pending = $hand_on(function () use ($notes, $ran) { $notes->write('runs'); $ran->open(); });
    $let_go = function () use (&$failed, &$pending) { $failed = $pending = null; };
    if ($what !== 'a fork') {
        await([$pool->add($let_go)]);
    } elseif (($pid = pcntl_fork()) === 0) {
        $let_go();
        exit;
    } else {
        pcntl_waitpid($pid, $status);
    }
    echo "$what: ", $said(), "\n";
    $let_go();
    $ran->pass();
    echo 'the parent: ', $said(), "\n";
}
?>
--EXPECT--
a child of its own: nothing
the parent: Unhandled failure, runs
a warm worker: nothing
the parent: Unhandled failure, runs
a fork: nothing
the parent: Unhandled failure, runs
