--TEST--
TERM, INT and QUIT let all workers finish: a sleep is woken, what blocks is cut short, a loop that asks sees it, onStop() is called; and run() returns 0
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

foreach ([SIGTERM, SIGINT, SIGQUIT] as $signal) {
    [$notes, $log, $gate] = [new Notes(), new Log(), new Gate()];
    $code = Supervisor::create()
        ->add('sleeps', function (Worker $worker) use ($notes, $gate) {
            var_dump($worker->sleep(0.001), $worker->stopping());
            $gate->open();
            var_dump($worker->sleep(1000), $worker->stopping(), $worker->sleep(1000));
            $notes->write('slept');
        })
        ->add('asks', function (Worker $worker) use ($notes, $gate) {
            $gate->open();
            while (!$worker->stopping()) {
            }
            $notes->write('asked');
        })
        ->add('blocks', function (Worker $worker) use ($notes, $gate) {
            [$never, $other] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            $gate->open();
            while (!$worker->stopping()) {
                [$read, $none] = [[$never], null];
                @stream_select($read, $none, $none, 1000);
            }
            $notes->write('cut short');
        })
        ->add('called', function (Worker $worker) use ($notes, $gate) {
            $stop = false;
            $worker->onStop(function () use (&$stop) { $stop = true; })->onStop(fn () => $notes->write('called'));
            $gate->open();
            while (!$stop) {
                time_nanosleep(1000, 0);
            }
            $worker->onStop(fn () => $notes->write('called at once'));
        })
        ->add('cancelled', function () use ($gate) {
            $gate->open();
            while (!Async\cancelled()) {
            }
        })
        ->onEvent($log->at('ready', function () use ($signal, $gate) { $gate->pass(5); order($signal); }, 5))
        ->run();
    $lines = $notes->all();
    sort($lines);
    echo implode(', ', $lines), "; exit code $code\n";
}
$log->print(sorted: true);
?>
--EXPECT--
bool(true)
bool(false)
bool(false)
bool(true)
bool(false)
asked, called, called at once, cut short, slept; exit code 0
bool(true)
bool(false)
bool(false)
bool(true)
bool(false)
asked, called, called at once, cut short, slept; exit code 0
bool(true)
bool(false)
bool(false)
bool(true)
bool(false)
asked, called, called at once, cut short, slept; exit code 0
info: stopped asks.1
info: stopped blocks.1
info: stopped called.1
info: stopped cancelled.1
info: stopped sleeps.1
notice: draining
notice: ended
