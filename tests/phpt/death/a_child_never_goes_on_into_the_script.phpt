--TEST--
A child never goes on into the caller's script, however it ended (pain 5)
--INI--
display_errors=0
memory_limit=64M
--FILE--
<?php
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pid = getmypid();
foreach ([
    fn() => 1,
    fn() => throw new DomainException('x'),
    fn() => exit(0),
    fn() => fn() => 1,
    fn() => STDIN,
    fn() => (function () { yield 1; })(),
    fn() => str_repeat('x', 100 << 20),
    fn() => trigger_error('x', E_USER_ERROR),
    fn() => posix_kill(getmypid(), SIGKILL),
] as $task) {
    settle([async($task)]);
    $notes->write(getmypid() === $pid ? 'parent' : 'CHILD');
}
echo implode(' ', $notes->all()), "\n";
?>
--EXPECT--
parent parent parent parent parent parent parent parent parent
