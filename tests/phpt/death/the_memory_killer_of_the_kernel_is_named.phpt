--TEST--
A task that the kernel kills for want of memory is told so; one that somebody kills is not (pain 2)
--SKIPIF--
<?php
require __DIR__ . '/../../support/cgroup.php';
if (memory_group(64 << 20) === null) {
    die('skip needs the right to make a control group with a limit of memory');
}
?>
--INI--
memory_limit=-1
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/cgroup.php';

$group = memory_group(64 << 20);
echo php(<<<'PHP'
    file_put_contents(getenv('GROUP') . '/cgroup.procs', (string) getmypid());
    $hint = fn(Throwable $e) => $e->signalName . (str_contains($e->getMessage(), 'want of memory') ? ' for want of memory' : '');
    echo $hint(failure(async(fn() => posix_kill(getmypid(), SIGKILL)))), "\n";
    echo $hint(failure(async(fn() => strlen(str_repeat('x', 200 << 20))))), "\n";
    echo $hint(failure(async(fn() => posix_kill(getmypid(), SIGKILL)))), "\n";
    PHP, '-d memory_limit=-1', "GROUP=$group; export GROUP;");
rmdir($group);
?>
--EXPECT--
SIGKILL
SIGKILL for want of memory
SIGKILL
exit 0
