--TEST--
In a task, too, handlers run in a plain loop, and while they work other results are noticed
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$task = function () {
    $log = [];
    async(fn() => 'inner')->then(function (string $value) use (&$log) {
        $second = async(fn() => 'second')->then(function (string $value) use (&$log) { $log[] = $value; });
        ended($second->pid());
        $log[] = $value;
    });
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while (count($log) < 2 && hrtime(true) < $deadline) {
        usleep(1000);
    }
    return implode(', ', $log);
};
echo await(async($task)), "\n";
echo await(Pool::create()->tasksPerChild(0)->add($task)), "\n";
async(fn() => 1)->then(function () use ($task) { echo await(async($task)), "\n"; });
?>
--EXPECT--
inner, second
inner, second
inner, second
