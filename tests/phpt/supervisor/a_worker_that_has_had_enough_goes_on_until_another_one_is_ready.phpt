--TEST--
recycle(overlap: true): a worker that has had enough goes on until another one is ready, which has a number that nobody has; a worker without jobs is told by a signal
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$bytes = memory_get_usage(true) + (4 << 20);
$works = function (Worker $worker) use ($bytes) {
    for ($kept = []; !$worker->stopping(); $worker->job()) {
        $kept[] = memory_get_usage(true) < $bytes ? str_repeat('x', 1 << 16) : ''; // no more: it would stop for that
        usleep(1000);
    }
};
$sleeps = function (Worker $worker) {
    while ($worker->sleep(1000));
};
$limits = [
    'jobs' => [['jobs' => 3], $works],
    'bytes' => [['bytes' => $bytes], $works],
    'seconds' => [['seconds' => 0.05], $works],
    'seconds, asleep' => [['seconds' => 0.05], $sleeps],
];
foreach ($limits as $kind => [$limit, $worker]) {
    $log = new Log(['ended', 'draining']);
    $processes = fn () => $log->lines[] = '  ' . substr_count(file_get_contents('/proc/self/task/' . getmypid() . '/children'), ' ') . ' processes';
    $code = Supervisor::create()->recycle(...$limit, overlap: true)
        ->restart(Restart::OnFailure, backoff: 1000)
        ->add('w', $worker)
        ->onEvent($log->at('ready', $processes, 2)->at('ready', $processes, 3)
            ->at('spent w.2', function (array $context) use ($log) { $log->lines[] = "  $context[restarts] restarts"; })
            ->at('stopped', fn () => order(SIGTERM), 2))
        ->run();
    echo "$kind: exit code $code\n";
    echo implode("\n", array_slice($log->lines, 0, array_search('info: stopped w.2', $log->lines) + 1)), "\n";
}
?>
--EXPECT--
jobs: exit code 0
info: started w.1
info: ready w.1
info: spent w.1
info: started w.2
info: ready w.2
  2 processes
info: stopped w.1
info: spent w.2
  1 restarts
info: started w.1
info: ready w.1
  2 processes
info: stopped w.2
bytes: exit code 0
info: started w.1
info: ready w.1
info: spent w.1
info: started w.2
info: ready w.2
  2 processes
info: stopped w.1
info: spent w.2
  1 restarts
info: started w.1
info: ready w.1
  2 processes
info: stopped w.2
seconds: exit code 0
info: started w.1
info: ready w.1
info: spent w.1
info: started w.2
info: ready w.2
  2 processes
info: stopped w.1
info: spent w.2
  1 restarts
info: started w.1
info: ready w.1
  2 processes
info: stopped w.2
seconds, asleep: exit code 0
info: started w.1
info: ready w.1
info: spent w.1
info: started w.2
info: ready w.2
  2 processes
info: stopped w.1
info: spent w.2
  1 restarts
info: started w.1
info: ready w.1
  2 processes
info: stopped w.2
