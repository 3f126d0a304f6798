--TEST--
A pcntl_fork() in code that is called while tasks are given to warm workers takes no part in that, whether it exits there or returns
--EXTENSIONS--
pcntl
--FILE--
<?php
use Async\{AsyncError, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** Its process forks while it is serialized. */
final class Forking
{
    public static ?Closure $fork = null;

    public function __serialize(): array
    {
        (self::$fork)();
        return [];
    }
}

$notes = new Notes();
$gate = new Gate();
$fork = function () use (&$once, &$exits, $gate) {
    if (!$once || defined('FORKED_BY_THE_TEST')) {
        return;
    }
    $once = false;
    $pid = pcntl_fork();
    if ($pid > 0) {
        // It comes to its end while this process is in the middle of something, and workers are at what they have.
        try {
            ended($pid);
        } catch (LogicException) {
            posix_kill($pid, SIGKILL);
        }
        pcntl_waitpid($pid, $status);
        echo pcntl_wifexited($status) ? 'exit ' . pcntl_wexitstatus($status) : 'hangs', ', ';
        $gate->open(5);
        return;
    }
    define('FORKED_BY_THE_TEST', true);
    if ($exits) {
        exit(3);
    }
};
Forking::$fork = $fork;
function run(mixed $item): void
{
    global $gate, $notes;
    $gate->pass();
    $notes->write('ran ' . (is_int($item) ? $item : 0));
}
$pool = fn(int $workers = 3) => Pool::create()->concurrency($workers)->tasksPerChild(0);
$map = fn(callable $source, ?callable $hook = null) => $pool()->onFork(parent: $hook)->map($source(), run(...));
$add = function (Pool $pool, mixed ...$items): Pool {
    array_map(fn(mixed $item) => $pool->add(static fn() => run($item)), $items);
    return $pool;
};
$codes = [
    'hook of a fork for tasks' => fn() => $add($pool()->onFork(parent: $fork), 1, 2, 3, 4, 5),
    'hook of a fork for items' => fn() => $map(fn() => range(1, 5), $fork),
    'hook of a fork ahead' => fn() => $add($pool()->onFork(parent: $fork)->warm(2), 1, 2, 3, 4, 5),
    'serialization of a task' => fn() => $add($pool(1)->warm(1), 1, 2, new Forking(), 4, 5),
    'serialization of an item' => fn() => $map(function () { yield from [1, 2, new Forking(), 4, 5]; }),
    'source of items' => fn() => $map(function () use ($fork) { yield from [1, 2]; $fork(); yield from [3, 4, 5]; }),
    'handler while a queue is full' => function () use ($pool, $add, $fork) {
        $parent = getmypid();
        $pool(1)->add(static fn() => in_state($parent, 'S'))->then($fork); // it sleeps in add()
        return $add($pool(1)->queueLimit(1), 1, 2, 3, 4, 5);
    },
];
foreach ($codes as $name => $code) {
    foreach ([true, false] as $exits) {
        echo $name, ': ';
        $once = true;
        try {
            $results = $code();
            $got = $results instanceof Pool ? await($results) : iterator_to_array($results, false);
        } catch (AsyncError $e) {
            if (defined('FORKED_BY_THE_TEST') && str_contains($e->getMessage(), 'belongs to')) {
                exit(4);
            }
            throw $e;
        }
        if (defined('FORKED_BY_THE_TEST')) {
            exit(6);
        }
        $ran = $notes->all();
        sort($ran);
        echo count($got), ' results of ', implode(', ', $ran), "\n";
        unset($results);
    }
}
?>
--EXPECT--
hook of a fork for tasks: exit 3, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
hook of a fork for tasks: exit 4, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
hook of a fork for items: exit 3, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
hook of a fork for items: exit 4, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
hook of a fork ahead: exit 3, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
hook of a fork ahead: exit 4, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
serialization of a task: exit 3, 5 results of ran 0, ran 1, ran 2, ran 4, ran 5
serialization of a task: exit 4, 5 results of ran 0, ran 1, ran 2, ran 4, ran 5
serialization of an item: exit 3, 5 results of ran 0, ran 1, ran 2, ran 4, ran 5
serialization of an item: exit 4, 5 results of ran 0, ran 1, ran 2, ran 4, ran 5
source of items: exit 3, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
source of items: exit 4, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
handler while a queue is full: exit 3, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
handler while a queue is full: exit 4, 5 results of ran 1, ran 2, ran 3, ran 4, ran 5
