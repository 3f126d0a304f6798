--TEST--
What is given badly: a bootstrap that throws in every worker, a health file that cannot be written, a port in use, no workers, a share of a quarter CPU; each has a clear message, and an exit code that tells it apart; nothing is left, and nothing spins
--FILE--
<?php
require __DIR__ . '/../../support/supervisor.php';

$server = stream_socket_server('tcp://127.0.0.1:0');
$taken = stream_socket_get_name($server, false);
/** A script with a supervisor: what it says on the terminal, its exit code, how long it has computed. */
$run = function (string $what, string $of, string $script = 'exit(Async\Supervisor::create()%s->run());', string $before = '') use ($taken): void {
    $before .= ' exec 2>&1;';
    $said = php(sprintf($script, $of), '-d display_errors=stderr -d html_errors=0 -d log_errors=0', $before);
    $said = preg_replace(['/\[[^\]]*\] supervisor \d+/', '/pid \d+/', '/in \S+:\d+$/m', '~^#\d.*\n|  thrown .*\n~m', '/127\S+\d/'], ['[..] supervisor N', 'pid N', 'in FILE', '', 'ADDRESS'], $said);
    echo "-- $what\n", trim(preg_replace('/\n(Stack trace:|Next .*)?(?=\n)/', '', $said)), "\n";
};
$run('a bootstrap that throws in every worker', '->restart(Async\Restart::OnFailure, backoff: 0.001)->bootstrap(fn () => throw new RuntimeException("the broker refuses"))->add("w", fn () => 1)');
$run('a health file in no folder', '->health("/no/such/folder/health.json")->add("w", fn () => 1)');
$run('a health file that is a folder', '->health("/proc")->add("w", fn () => 1)');
$run('a file for metrics in no folder', '->metrics("/no/such/folder/app.prom")->add("w", fn () => 1)');
$run('a port in use', "->metrics('$taken')->add('w', fn () => 1)");
$run('no workers', '->add("w", fn () => 1, 0)');
$run('a storm', '->restart(Async\Restart::OnFailure, backoff: 0, limit: 2)->add("w", fn () => exit(3))');
$run('a worker that is never started again', '->restart(Async\Restart::Never)->add("w", fn () => posix_kill(getmypid(), SIGKILL))');
$run('one that had to be killed', '->grace(0.01)->add("w", function () { posix_kill(posix_getppid(), SIGTERM); pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]); while (true) { usleep(1000); } })');

// One CPU, and a share of it that is less than a worker; then none at all, until somebody asks for some.
preg_match('/Cpus_allowed_list:\s+(\d+)/', file_get_contents('/proc/self/status'), $m);
$run('a quarter of a CPU', '->onEvent(fn () => null)->add("w", fn (Async\Worker $w) => print("worker {$w->id()}\n"), "25%")', before: "taskset -p -c $m[1] $$ >/dev/null;");
$run('scaled to none', '->add("w", fn () => 1)->scale("w", 0)', '
    $own = getmypid();
    Async\detach(fn () => usleep(300_000) ?: posix_kill($own, SIGTERM));
    $code = Async\Supervisor::create()%s->onEvent(fn () => null)->run();
    $used = getrusage();
    echo "computed for less than 0.2 s: ", json_encode($used["ru_utime.tv_sec"] + $used["ru_stime.tv_sec"] + ($used["ru_utime.tv_usec"] + $used["ru_stime.tv_usec"]) / 1e6 < 0.2), "\n";
    exit($code);');
?>
--EXPECT--
-- a bootstrap that throws in every worker
[..] supervisor N: warning: worker w.1 has failed: RuntimeException: the broker refuses
[..] supervisor N: warning: worker w.1 has failed: RuntimeException: the broker refuses
[..] supervisor N: warning: worker w.1 has failed: RuntimeException: the broker refuses
[..] supervisor N: critical: no worker has come past its bootstrap: nothing is started any more
[..] supervisor N: notice: all workers have ended, exit code 78
exit 78
-- a health file in no folder
[..] supervisor N: critical: the health file /no/such/folder/health.json cannot be used: No such file or directory (os error 2); choose another one, or see who has it; nothing is started
[..] supervisor N: notice: all workers have ended, exit code 73
exit 73
-- a health file that is a folder
[..] supervisor N: critical: the health file /proc cannot be used: Is a directory (os error 21); choose another one, or see who has it; nothing is started
[..] supervisor N: notice: all workers have ended, exit code 73
exit 73
-- a file for metrics in no folder
[..] supervisor N: critical: the file for metrics /no/such/folder/app.prom cannot be used: No such file or directory (os error 2); choose another one, or see who has it; nothing is started
[..] supervisor N: notice: all workers have ended, exit code 73
exit 73
-- a port in use
[..] supervisor N: critical: the address for metrics ADDRESS cannot be used: Address already in use (os error 98); choose another one, or see who has it; nothing is started
[..] supervisor N: notice: all workers have ended, exit code 71
exit 71
-- no workers
Fatal error: Uncaught ValueError: Async\Supervisor::add(): Argument #3 ($workers) must be a number of workers greater than 0, or a share of the usable CPUs such as "75%" in Standard input code:1
exit 255
-- a storm
[..] supervisor N: warning: worker w.1 has failed: Async\ProcessDiedException: task "w.1" (pid N) called exit(3) and gave no value; return a value instead
[..] supervisor N: warning: worker w.1 has failed: Async\ProcessDiedException: task "w.1" (pid N) called exit(3) and gave no value; return a value instead
[..] supervisor N: warning: worker w.1 has failed: Async\ProcessDiedException: task "w.1" (pid N) called exit(3) and gave no value; return a value instead
[..] supervisor N: critical: more than 2 workers have failed within 60 s: nothing is started any more
[..] supervisor N: notice: all workers have ended, exit code 70
exit 70
-- a worker that is never started again
[..] supervisor N: warning: worker w.1 has failed: Async\ProcessDiedException: task "w.1" (pid N) was killed by signal 9 (SIGKILL) before it gave a result
[..] supervisor N: notice: all workers have ended, exit code 1
exit 1
-- one that had to be killed
[..] supervisor N: notice: all workers are told to stop
[..] supervisor N: warning: worker w.1 has not stopped, and is killed
[..] supervisor N: notice: all workers have ended, exit code 2
exit 2
-- a quarter of a CPU
worker 1
exit 0
-- scaled to none
computed for less than 0.2 s: true
exit 0
