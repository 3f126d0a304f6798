--TEST--
exec(), proc_open() and pcntl_fork() of the application keep their exit codes (pains 27 and 28)
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = Pool::create()->concurrency(4);
for ($i = 0; $i < 200; $i++) {
    $pool[] = fn() => $i;
}
$right = 0;
for ($i = 0; $i < 20; $i++) {
    exec('exit 7', $output, $code);
    $right += $code === 7 ? 1 : 0;
    $process = proc_open('exit 8', [], $pipes);
    $right += proc_close($process) === 8 ? 1 : 0;
    $pid = pcntl_fork();
    if ($pid === 0) {
        posix_kill(getmypid(), SIGKILL);
    }
    $right += pcntl_waitpid($pid, $status) === $pid && pcntl_wtermsig($status) === SIGKILL ? 1 : 0;
}
var_dump($right, await($pool) === range(0, 199));
?>
--EXPECT--
int(60)
bool(true)
