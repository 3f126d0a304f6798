--TEST--
An alarm, the umask, the signal mask, limits, the time limit and the last error of a task are not those of the next one, nor of the next item of a map
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

function seen(): array
{
    preg_match('/^SigBlk:\t0*(\w*)$/m', file_get_contents('/proc/self/status'), $blocked);
    $umask = umask();
    return [pcntl_alarm(0) === 0 ? 'no alarm' : 'AN ALARM', decoct($umask), $blocked[1] === '' ? 'nothing blocked' : $blocked[1],
        posix_getrlimit()['soft openfiles'], ini_get('max_execution_time'), error_get_last()['message'] ?? 'no error'];
}
umask(027);
$before = implode(', ', seen());
function work(int $n): string
{
    $seen = implode(', ', seen());
    pcntl_alarm(3600);
    umask($n);
    pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1]);
    $limits = posix_getrlimit();
    posix_setrlimit(POSIX_RLIMIT_NOFILE, 100 + $n, is_numeric($limits['hard openfiles']) ? (int) $limits['hard openfiles'] : POSIX_RLIMIT_INFINITY);
    set_time_limit(100 + $n);
    @trigger_error("error $n");
    return $seen;
}
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pids = [];
foreach ([1, 2, 3] as $n) {
    $pool[$n] = fn() => [getmypid(), work($n)];
}
foreach ($pool->wait() as [$pid, $seen]) {
    $pids[] = $pid;
    echo $seen === $before ? "a task finds what the parent had\n" : "$seen\nINSTEAD OF $before\n";
}
check('one worker', count(array_unique($pids)) === 1);
foreach (Pool::create()->concurrency(1)->map([1, 2, 3], work(...)) as $seen) {
    echo $seen === $before ? "an item finds what the parent had\n" : "$seen\nINSTEAD OF $before\n";
}
?>
--EXPECT--
a task finds what the parent had
a task finds what the parent had
a task finds what the parent had
one worker: yes
an item finds what the parent had
an item finds what the parent had
an item finds what the parent had
