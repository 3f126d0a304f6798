--TEST--
With NOTIFY_SOCKET, as systemd sets it, the service manager is told when all is ready, of a reload, of the end, and at half of its watchdog's time
--FILE--
<?php
require __DIR__ . '/../../support/supervisor.php';

$path = sys_get_temp_dir() . '/async-notify-' . getmypid();
$socket = stream_socket_server("udg://$path", $errno, $error, STREAM_SERVER_BIND);
stream_set_timeout($socket, PATIENCE);
$received = function () use ($socket): string {
    return preg_replace('/\d{2,}/', 'N', strtr((string) stream_socket_recvfrom($socket, 1000), "\n", ' '));
};
$script = new Script('
    $code = Async\Supervisor::create()
        ->add("w", function (Async\Worker $worker) { while ($worker->sleep(1000)); }, 2)
        ->onEvent(fn () => null)
        ->run();
    echo "exit code $code\n";
', before: "NOTIFY_SOCKET=$path WATCHDOG_USEC=20000; export NOTIFY_SOCKET WATCHDOG_USEC;");
do {
    $message = $received();
} while (str_starts_with($message, 'WATCHDOG'));
echo "$message\n";
for ($i = 0; $i < 5; $i++) {
    echo $received(), "\n";
}
foreach ([SIGHUP, SIGTERM] as $signal) {
    $script->signal($signal);
    do {
        $message = $received();
        echo str_starts_with($message, 'WATCHDOG') ? '' : "$message\n";
    } while (!preg_match($signal === SIGHUP ? '/READY/' : '/STOPPING/', $message));
}
echo $script->rest(), 'exit ', $script->end(), "\n";
unlink($path);
?>
--EXPECT--
READY=1 STATUS=running, 2 of 2 workers ready, 0 restarts
WATCHDOG=1 STATUS=running, 2 of 2 workers ready, 0 restarts
WATCHDOG=1 STATUS=running, 2 of 2 workers ready, 0 restarts
WATCHDOG=1 STATUS=running, 2 of 2 workers ready, 0 restarts
WATCHDOG=1 STATUS=running, 2 of 2 workers ready, 0 restarts
WATCHDOG=1 STATUS=running, 2 of 2 workers ready, 0 restarts
RELOADING=1 MONOTONIC_USEC=N
READY=1 STATUS=running, 2 of 2 workers ready, 2 restarts
STOPPING=1
exit code 0
exit 0
