--TEST--
A child that a hook of a fork forks holds no output pipe of the child before it
--FILE--
<?php
use Async\{Output, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

function pipes(): array
{
    return array_unique(preg_grep('/^pipe:/', array_map(fn($fd) => (string) @readlink("/proc/self/fd/$fd"), scandir('/proc/self/fd'))));
}

$inherited = pipes();
foreach ([1, 0] as $tasks) {
    $pipes = null;
    $pool = Pool::create()->output(Output::Capture)->tasksPerChild($tasks)->onFork(parent: function () use (&$pipes, $inherited) {
        $pipes ??= array_diff(await(async(pipes(...))), $inherited);
    });
    await($pool->add(fn() => 1));
    echo count($pipes), "\n"; // that of its own result
}
?>
--EXPECT--
1
1
