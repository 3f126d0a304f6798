--TEST--
What a task printed before it died is there: killed, out of time, exit, fatal error (pain 14)
--INI--
display_errors=1
memory_limit=64M
--FILE--
<?php
use Async\{Output, Pool};
use function Async\settle;

$pool = Pool::create()->output(Output::Capture);
$last = [
    'killed' => fn() => posix_kill(getmypid(), SIGKILL),
    'segfault' => fn() => posix_kill(getmypid(), SIGSEGV),
    'exit' => fn() => exit(3),
    'memory' => fn() => str_repeat('x', 100 << 20),
    'throws' => fn() => throw new DomainException('x'),
];
foreach ($last as $name => $do) {
    $pool[$name] = function () use ($name, $do) {
        echo "$name prints\n";
        fwrite(STDERR, "$name complains\n");
        return $do();
    };
}
foreach (settle($pool) as $name => $future) {
    echo $future->error()::class, ': ', $future->output(), $future->errorOutput();
}
?>
--EXPECT--
Async\ProcessDiedException: killed prints
killed complains
Async\ProcessDiedException: segfault prints
segfault complains
Async\ProcessDiedException: exit prints
exit complains
Async\ProcessDiedException: memory prints
memory complains
DomainException: throws prints
throws complains
