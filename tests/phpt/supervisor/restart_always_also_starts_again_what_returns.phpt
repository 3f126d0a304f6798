--TEST--
Restart::Always also starts again what returns: at once if it has done a job, after a backoff that grows if it has not
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$delays = [];
$log = new Log();
$code = Supervisor::create()
    ->restart(Restart::Always, backoff: 0.001, jitter: 0)
    ->add('job', fn (Worker $worker) => $worker->job())
    ->add('nothing', fn () => null)
    ->onEvent(function ($level, $message, $context) use (&$delays, $log) {
        if ($context['event'] === 'returned') {
            $delays[$context['name']][] = $context['delay'];
        }
        $log($level, $message, $context);
    });
$log->at('returned nothing.1', fn () => order(SIGTERM), 4);
var_dump($code->run(), array_unique($delays['job']), array_slice($delays['nothing'], 0, 4));
?>
--EXPECT--
int(0)
array(1) {
  [0]=>
  float(0)
}
array(4) {
  [0]=>
  float(0.001)
  [1]=>
  float(0.002)
  [2]=>
  float(0.004)
  [3]=>
  float(0.008)
}
