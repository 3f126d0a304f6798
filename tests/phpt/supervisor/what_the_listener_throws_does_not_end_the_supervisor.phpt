--TEST--
What the listener throws is a warning, and the workers stay up; exit() in it ends the script, and the workers are told to stop
--FILE--
<?php
require __DIR__ . '/../../support/supervisor.php';

echo php('
    require "' . __DIR__ . '/../../support/supervisor.php";
    $notes = new Notes();
    $log = new Log();
    $code = Async\Supervisor::create()
        ->add("w", function (Async\Worker $worker) { while ($worker->sleep(1000)); })
        ->onEvent($log->at("ready", function () { order(SIGTERM); throw new Exception("the log is full"); }))
        ->run();
    echo "exit code $code\n";
    Async\Supervisor::create()
        ->add("w", function (Async\Worker $worker) { while ($worker->sleep(1000)); echo "worker has stopped\n"; })
        ->onEvent((new Log())->at("ready", fn () => exit(7)))
        ->run();
    echo "NOT REACHED\n";
', ini: '-d html_errors=0 -d display_errors=1');
?>
--EXPECTF--
Warning: Unhandled exception of the listener of a supervisor: Exception: the log is full in %s on line %d
exit code 0
worker has stopped
exit 7
