--TEST--
Code with a SIGTERM handler of its own, of pcntl, is told by that alone, and once; an onStop() still sees the wish where the worker asks; a program that took the worker's place by exec is told by SIGTERM
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

[$notes, $log, $gate] = [new Notes(), new Log(), new Gate()];
$file = tempnam(sys_get_temp_dir(), 'async');
$code = Supervisor::create()
    ->add('own', function (Worker $worker) use ($notes, $gate) {
        [$calls, $stop] = [0, false];
        pcntl_async_signals(true);
        pcntl_signal(SIGTERM, function () use (&$stop) { $stop = true; });
        $worker->onStop(function () use ($notes) { $notes->write('onStop'); });
        $gate->open();
        while (!$stop) {
            usleep(1000);
        }
        $notes->write('handler');
        $worker->stopping();
        $notes->write('end');
    })
    ->add('task', new class($gate) implements Async\Task {
        public function __construct(private Gate $gate) {}
        public function run(): mixed
        {
            $stop = false;
            pcntl_signal(SIGTERM, function () use (&$stop) { $stop = true; });
            $this->gate->open();
            while (!$stop) {
                usleep(1000);
                pcntl_signal_dispatch();
            }
            return null;
        }
    })
    ->add('program', function () use ($file) {
        pcntl_exec('/bin/sh', ['-c', "trap 'exit 0' TERM; echo > $file; while :; do sleep 0.01; done"]);
    })
    ->onEvent($log->at('ready', function () use ($gate, $file) {
        $gate->pass(2);
        while (filesize($file) === 0) {
            usleep(1000);
            clearstatcache();
        }
        order(SIGTERM);
    }, 3))
    ->run();
echo implode(', ', $notes->all()), "; exit code $code\n";
$log->print(sorted: true);
unlink($file);
?>
--EXPECT--
handler, onStop, end; exit code 0
info: stopped own.1
info: stopped program.1
info: stopped task.1
notice: draining
notice: ended
