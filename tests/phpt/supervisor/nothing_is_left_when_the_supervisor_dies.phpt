--TEST--
A supervisor that dies by SIGKILL leaves no worker; after run() signals do what they did before, and ignored ones are ignored all the time
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$script = new Script('
    Async\Supervisor::create()->add("w", function (Async\Worker $worker) { echo getmypid(), "\n"; while (true) { usleep(1000); } }, 2)->run();
');
$pids = [(int) $script->line(), (int) $script->line()];
$script->signal(SIGKILL);
ended(...$pids);
echo 'exit ', $script->end(), "\n";

$called = 0;
pcntl_async_signals(true);
pcntl_signal(SIGTERM, function () use (&$called) { $called++; });
pcntl_signal(SIGHUP, SIG_IGN);
$log = new Log();
$code = Supervisor::create()
    ->add('w', function (Worker $worker) { while ($worker->sleep(1000)); })
    ->onEvent($log->at('ready', function () { order(SIGHUP); order(SIGTERM); }))
    ->run();
echo "exit code $code, the handler was called $called times meanwhile\n";
$log->print();
order(SIGHUP);
order(SIGTERM);
echo "called $called times after it\n";
?>
--EXPECT--
exit 137
exit code 0, the handler was called 0 times meanwhile
notice: draining
info: stopped w.1
notice: ended
called 1 times after it
