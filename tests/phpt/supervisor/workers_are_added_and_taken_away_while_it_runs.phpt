--TEST--
TTIN adds a worker of the first kind, TTOU takes one away, scale() sets any number, 0 too; USR1 prints how all is
--FILE--
<?php
require __DIR__ . '/../../support/supervisor.php';

$script = new Script('
    require "' . __DIR__ . '/../../support/supervisor.php";
    $stays = function (Async\Worker $worker) { $worker->heartbeat("at work"); while ($worker->sleep(1000)); };
    $supervisor = Async\Supervisor::create()->add("first", $stays, 2)->add("second", $stays);
    $log = new Log(["started"]);
    $supervisor->onEvent($log
        ->at("ready", fn () => order(SIGTTIN), 3)
        ->at("ready first.3", fn () => order(SIGTTOU))
        ->at("stopped first.3", fn () => $supervisor->scale("second", 2))
        ->at("ready second.2", fn () => $supervisor->scale("second", 0))
        ->at("stopped", function () use ($supervisor) { order(SIGUSR1); $supervisor->scale("second", 1); }, 3)
        ->at("ready second.1", fn () => order(SIGTERM), 2));
    $code = $supervisor->run();
    echo "exit code $code\n";
    echo implode("\n", array_filter($log->lines, fn ($line) => !preg_match("/stopped|ready (first.[12]|second.1)/", $line))), "\n";
');
$printed = preg_replace(['/\[[\dTZ:-]+\]/', '/(supervisor|pid) \d+/', '/[\d.]+ s/'], ['[TIME]', '$1 N', 'N s'], $script->rest());
echo $printed, 'exit ', $script->end(), "\n";
?>
--EXPECT--
[TIME] supervisor N: running, 2 of 2 workers ready, 0 restarts, up N s
  first.1 pid N running, N s, 0 jobs, 0 restarts, heartbeat N s ago: at work
  first.2 pid N running, N s, 0 jobs, 0 restarts, heartbeat N s ago: at work
exit code 0
notice: scaled first
info: ready first.3
notice: scaled first
notice: scaled second
info: ready second.2
notice: scaled second
notice: scaled second
notice: draining
notice: ended
exit 0
