--TEST--
recycle(overlap: true): whatever happens before the other worker is ready, there are as many as there shall be: it fails, all are stopped or replaced, or their number changes
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$new = function (?callable $bootstrap = null): Supervisor {
    return Supervisor::create()->recycle(jobs: 20, overlap: true)->restart(Restart::OnFailure, backoff: 0.01, jitter: 0)
        ->bootstrap($bootstrap ?? fn () => null);
};
$works = function (Worker $worker) {
    while (!$worker->stopping()) {
        usleep(1000);
        $worker->job();
    }
};
$run = function (string $title, Supervisor $supervisor, Log $log, string $until) {
    $code = $supervisor->onEvent($log)->run();
    $lines = array_slice($log->lines, 0, array_search($until, $log->lines) + 1);
    echo "$title: exit code $code\n", implode("\n", $lines), "\n";
};

// It fails: the first one works on, and does more than a tenth beyond its limit.
$starts = new Async\Counter();
$jobs = new Notes();
$run('fails', $new(function (Worker $worker) use ($starts) {
    if ($starts->add() > 1 && $starts->get() < 6) {
        throw new RuntimeException('not yet');
    }
})->add('w', $works), $log = (new Log(['started']))->at('stopped', function (array $context) use ($jobs) {
    $jobs->write($context['jobs'] > 22 ? 'more than a tenth beyond it' : $context['jobs']);
    order(SIGTERM);
}), 'info: stopped w.1');
echo $jobs->next(), "\n";

// Nothing that fails is started again: nobody else is tried, and the next one has the same number. That one does no jobs: it is told
// to stop, and has had enough of them before it is, where the machine is busy.
[$starts, $first] = [new Async\Counter(), new Async\Counter()];
$run('fails for good', $new(function () use ($starts) {
    if ($starts->add() === 2) {
        throw new RuntimeException('never');
    }
})->restart(Restart::Never)->add('w', function (Worker $worker) use ($first, $works) {
    $first->add() === 1 ? $works($worker) : $worker->sleep(1000);
}), (new Log(['started']))->at('ready', fn () => order(SIGTERM), 2), 'notice: draining');

// Nobody is ready before all are stopped, or replaced, or there are to be more, or none.
$waits = fn (Worker $worker) => $worker->id() === 2 && !$worker->sleep(1000);
$run('all stop', $new($waits)->add('w', $works), (new Log(['started', 'ready', 'stopped']))->at('started w.2', fn () => order(SIGTERM)), 'notice: ended');
$run('all are replaced', $new($waits)->add('w', $works), (new Log(['started', 'ready', 'stopped']))
    ->at('started w.2', fn () => order(SIGHUP))->at('reloaded', fn () => order(SIGTERM)), 'notice: reloaded');
$log = new Log(['started', 'stopped']);
$supervisor = $new($waits)->add('w', $works);
$run('more', $supervisor, $log->at('started w.2', fn () => $supervisor->scale('w', 2))->at('ready w.3', function () use ($log) {
    $log->lines[] = substr_count(file_get_contents('/proc/self/task/' . getmypid() . '/children'), ' ') . ' processes';
    order(SIGTERM);
}), '3 processes');
$log = new Log(['started', 'ready', 'stopped']);
$supervisor = $new($waits)->add('w', $works);
$run('none', $supervisor, $log->at('started w.2', fn () => $supervisor->scale('w', 0))->at('stopped', fn () => order(SIGTERM), 2), 'notice: ended');
?>
--EXPECT--
fails: exit code 0
info: ready w.1
info: spent w.1
warning: failed w.2
warning: failed w.2
warning: failed w.2
warning: failed w.2
info: ready w.2
info: stopped w.1
more than a tenth beyond it
fails for good: exit code 0
info: ready w.1
info: spent w.1
warning: failed w.2
info: stopped w.1
info: ready w.1
notice: draining
all stop: exit code 0
info: spent w.1
notice: draining
notice: ended
all are replaced: exit code 0
info: spent w.1
notice: reloading
notice: reloaded
more: exit code 0
info: ready w.1
info: spent w.1
notice: scaled w
info: ready w.3
3 processes
none: exit code 0
info: spent w.1
notice: scaled w
notice: draining
notice: ended
