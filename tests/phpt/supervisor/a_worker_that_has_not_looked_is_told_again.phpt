--TEST--
A worker that blocks again without having looked is told to stop again; one that has looked, or has a handler of its own, is not
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

[$notes, $log, $gate, $end] = [new Notes(), new Log(), new Gate(), new Gate()];
$block = function () {
    [$never, $other] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    [$read, $none] = [[$never], null];
    @stream_select($read, $none, $none, 1000);
};
$code = Supervisor::create()
    ->add('blocks', function (Worker $worker) use ($notes, $gate, $block) {
        $gate->open();
        $block();
        $block(); // the first signal is used up
        $notes->write('told twice: ' . json_encode($worker->stopping()));
    })
    ->add('looks', function (Worker $worker) use ($notes, $gate, $end) {
        $gate->open();
        while (!$worker->stopping()) {
        }
        $signals = 0;
        pcntl_signal(SIGTERM, function () use (&$signals) { $signals++; });
        $end->pass(); // as long as the other one is told
        pcntl_signal_dispatch();
        $notes->write("after it has looked: $signals");
    })
    ->add('handles', function (Worker $worker) use ($notes, $gate, $end) {
        $signals = 0;
        pcntl_signal(SIGTERM, function () use (&$signals) { $signals++; });
        $gate->open();
        $end->pass();
        pcntl_signal_dispatch();
        $notes->write("its own handler: $signals");
    })
    ->onEvent($log
        ->at('ready', function () use ($gate) { $gate->pass(3); order(SIGTERM); }, 3)
        ->at('stopped blocks.1', fn () => $end->open(2)))
    ->run();
$lines = $notes->all();
sort($lines);
echo implode("\n", $lines), "\nexit code $code\n";
?>
--EXPECT--
after it has looked: 0
its own handler: 1
told twice: true
exit code 0
