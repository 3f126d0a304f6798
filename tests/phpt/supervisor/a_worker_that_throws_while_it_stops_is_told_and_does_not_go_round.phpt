--TEST--
A worker that throws after it has had enough has failed, with a backoff and a limit; one that throws when it was told to stop is a warning
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$broken = function (Worker $worker) {
    $worker->job();
    throw new Exception('broken');
};
foreach ([Restart::OnFailure, Restart::Never] as $restart) {
    $log = new Log(['started', 'ready', 'spent']);
    $code = Supervisor::create()->restart($restart, backoff: 0.001, limit: 2)->recycle(jobs: 1)->add('w', $broken)->onEvent($log)->run();
    echo "$restart->name: exit code $code\n";
    $log->print();
}

foreach (['throws' => fn () => throw new Exception('at the end'), 'exits' => fn () => exit(3)] as $how => $end) {
    $log = new Log();
    $code = Supervisor::create()
        ->add('w', function (Worker $worker) use ($end) {
            while ($worker->sleep(1000));
            $end();
        })
        ->onEvent($log->at('ready', fn () => order(SIGTERM)))
        ->run();
    echo "$how: exit code $code\n";
    $log->print();
}

// Without a listener it is in the error output: on one line, whatever is in it.
$output = php(<<<'PHP'
    use Async\{Supervisor, Worker};

    Supervisor::create()->restart(Async\Restart::Never, 0)
        ->add("a\nb", fn () => throw new Exception("one\ntwo \e[31m three"))
        ->run();
    PHP);
echo preg_replace('/^\[.*?\] supervisor \d+: /m', '', $output);
?>
--EXPECT--
OnFailure: exit code 70
warning: failed w.1
warning: failed w.1
warning: failed w.1
critical: storm
notice: ended
Never: exit code 1
warning: failed w.1
notice: ended
throws: exit code 0
notice: draining
warning: stopped w.1
notice: ended
exits: exit code 0
notice: draining
warning: stopped w.1
notice: ended
warning: worker a\nb.1 has failed: Exception: one\ntwo \u{1b}[31m three
notice: all workers have ended, exit code 1
exit 0
