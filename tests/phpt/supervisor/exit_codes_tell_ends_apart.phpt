--TEST--
Exit codes tell ends apart: a storm of failures 70, a bootstrap that fails in every worker 78, failures that are not started again 1, a worker that had to be killed 2
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

function run(string $what, Supervisor $supervisor, ?callable $worker = null, int $workers = 1): void
{
    $log = new Log(['started', 'ready', 'failed', 'stopped']);
    $code = $supervisor->workers($workers)->onEvent($log)->run($worker);
    echo "$what: $code\n";
    $log->print();
}
$fails = fn () => throw new Exception('no');
$stays = function (Worker $worker) { while ($worker->sleep(1000)); };

$runs = new Async\Counter();
run('storm', Supervisor::create()->restart(Restart::OnFailure, backoff: 0, limit: 5)->add('good', $stays), function () use ($runs) {
    $runs->add();
    exit(1);
});
echo 'processes: ', $runs->get(), "\n"; // five are allowed, the sixth is too many

run('bootstrap', Supervisor::create()->restart(Restart::OnFailure, backoff: 0.001)->bootstrap($fails), $stays, 2);
$broken = tempnam(sys_get_temp_dir(), 'async');
file_put_contents($broken, '<?php return 5;');
run('a file', Supervisor::create()->restart(Restart::Never)->bootstrap($broken), fn (Worker $worker, int $five) => exit($five - 5));
file_put_contents($broken, '<?php function (');
run('a broken file', Supervisor::create()->restart(Restart::OnFailure, backoff: 0.001)->bootstrap($broken), $stays);
unlink($broken);
run('never', Supervisor::create()->restart(Restart::Never)->add('fine', fn () => 1), $fails);
run('never, and bootstrap', Supervisor::create()->restart(Restart::Never)->bootstrap($fails), $stays);
?>
--EXPECT--
storm: 70
critical: storm
notice: ended
processes: 6
bootstrap: 78
critical: bootstrap
notice: ended
a file: 0
info: returned worker.1
notice: ended
a broken file: 78
critical: bootstrap
notice: ended
never: 1
info: returned fine.1
notice: ended
never, and bootstrap: 78
notice: ended
