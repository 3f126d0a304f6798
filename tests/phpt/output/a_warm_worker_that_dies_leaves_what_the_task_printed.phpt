--TEST--
What a task printed in a warm worker, and that died with it, is there, and nothing of the task before (pain 14)
--INI--
display_errors=1
memory_limit=64M
--FILE--
<?php
use Async\{Output, Pool};
use function Async\settle;

$pool = Pool::create()->output(Output::Capture)->concurrency(1)->tasksPerChild(0);
$last = [
    'killed' => fn() => posix_kill(getmypid(), SIGKILL),
    'exit' => fn() => exit(3),
    'memory' => fn() => str_repeat('x', 100 << 20),
    'throws' => fn() => throw new DomainException('x'),
];
foreach ($last as $name => $do) {
    $pool["before $name"] = function () use ($name) {
        echo "before $name\n";
    };
    $pool[$name] = function () use ($name, $do) {
        echo "$name prints\n";
        fwrite(STDERR, "$name complains\n");
        return $do();
    };
}
foreach (settle($pool) as $name => $future) {
    echo ($e = $future->error()) ? $e::class : 'a value', ': ', $future->output(), $future->errorOutput();
    echo $e instanceof Async\ProcessDiedException ? "its last words: $e->errorOutput" : '', "\n";
}
?>
--EXPECTF--
a value: before killed

Async\ProcessDiedException: killed prints
killed complains
its last words: killed complains%w
a value: before exit

Async\ProcessDiedException: exit prints
exit complains
its last words: exit complains%w
a value: before memory

Async\ProcessDiedException: memory prints
memory complains
its last words: memory complains%A
a value: before throws

DomainException: throws prints
throws complains
