--TEST--
A worker that does not stop is killed after the grace, with what it has started, and that is told: exit code 2; told to stop twice, at once
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

foreach (['grace' => 1.0, 'twice' => 1000.0] as $kind => $grace) {
    [$notes, $log] = [new Notes(), new Log()];
    $code = Supervisor::create()
        ->grace($grace)
        ->add('deaf', function () use ($notes) {
            $other = proc_open(['sleep', '1000'], [], $pipes);
            $notes->write(proc_get_status($other)['pid']);
            while (true) {
                usleep(1000);
            }
        })
        ->add('good', function (Worker $worker) { while ($worker->sleep(1000)); })
        ->onEvent($log->at('ready', function () use ($notes, &$other, $kind) {
            $other = (int) $notes->next();
            order(SIGTERM);
            if ($kind === 'twice') {
                order(SIGINT);
            }
        }, 2))
        ->run();
    ended($other);
    echo "$kind: exit code $code\n";
    if ($kind === 'grace') {
        $log->print();
    } else {
        echo implode("\n", array_slice($log->lines, 0, 2)), "\n";
    }
}
?>
--EXPECT--
grace: exit code 2
notice: draining
info: stopped good.1
warning: killed deaf.1
info: stopped deaf.1
notice: ended
twice: exit code 2
notice: draining
warning: cut-short
