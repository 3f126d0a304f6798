--TEST--
daemonize(): the script goes on in a session of its own, with a locked pid file and a log that SIGUSR2 opens anew, and its caller is told whether it has come up
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$folder = sys_get_temp_dir() . '/async-daemon-' . getmypid();
mkdir($folder);
chdir($folder);
$code = '
    chdir("' . $folder . '");
    ob_start();
    echo "buffered\n";
    register_shutdown_function(function () { echo "shutdown\n"; });
    try {
        Async\daemonize("pid", "log", umask: 027);
    } catch (Async\AsyncException $e) {
        ob_end_clean();
        echo $e::class, ": ", preg_replace("/process \d+/", "process N", $e->getMessage()), "\n";
        exit(4);
    }
    ob_end_flush();
    echo "in ", getcwd(), ", umask ", decoct(umask()), ", session leader: ", json_encode(posix_getsid(0) === getmypid()),
        ", the pid file has its pid: ", json_encode((int) file_get_contents("' . $folder . '/pid") === getmypid()), "\n";
    $code = Async\Supervisor::create()
        ->add("w", function (Async\Worker $worker) {
            pcntl_async_signals(true);
            pcntl_signal(SIGALRM, fn () => print("the worker is here\n"));
            file_put_contents("' . $folder . '/worker", getmypid());
            while ($worker->sleep(1000));
        })
        ->onEvent(function ($level, $message, $context) {
            if ($context["event"] !== "started") {
                echo "$level: $context[event]\n";
            }
        })
        ->run();
    echo "exit code $code\n";
';
// What watches over every test would tell that another process goes on with its script.
$start = fn (): string => str_replace($folder, 'FOLDER', ltrim(php($code, ini: '-d auto_prepend_file='), "\n"));
/** Waits until a file has a line. */
$seen = function (string $file, string $line) use ($folder): void {
    for ($tries = 0; !in_array($line, @file("$folder/$file", FILE_IGNORE_NEW_LINES) ?: [], true); $tries++) {
        if ($tries > PATIENCE * 1000) {
            throw new LogicException("$line is not in $file: " . @file_get_contents("$folder/$file"));
        }
        usleep(1000);
    }
};

echo 'started: ', $start();
$seen('log', 'info: ready');
echo 'again: ', $start();
$pid = (int) file_get_contents('pid');

// logrotate moves the log away, and says so.
rename('log', 'log.1');
posix_kill($pid, SIGUSR2);
while (!file_exists('log')) {
    usleep(1000);
    clearstatcache();
}
$worker = (int) file_get_contents('worker');
// The signal goes from the supervisor to its worker: until that has it, it writes to the old file.
do {
    posix_kill($worker, SIGALRM);
    usleep(1000);
} while (!str_contains(file_get_contents('log'), "the worker is here\n"));
posix_kill($pid, SIGTERM);
ended($pid);
echo file_get_contents('log.1') === '' ? 'nothing' : preg_replace('/(the worker is here\n)+/', '', file_get_contents('log.1'));
echo "-- the new log:\n", str_replace("the worker is here\n", '', file_get_contents('log'));
echo 'the pid file is gone: ', json_encode(!file_exists('pid')), "\n";

// One that was killed leaves its file, and the next one takes it.
unlink('log');
echo 'started: ', $start();
$seen('log', 'info: ready');
$pid = (int) file_get_contents('pid');
$worker = (int) file_get_contents('worker');
posix_kill($pid, SIGKILL);
ended($pid, $worker);
unlink('log');
echo 'left by a dead one: ', json_encode(file_exists('pid')), ', started: ', $start();
$seen('log', 'info: ready');
posix_kill($pid = (int) file_get_contents('pid'), SIGTERM);
ended($pid);

echo "what goes wrong:\n";
foreach ([
    'Async\daemonize("/no/such/folder/pid")', 'Async\daemonize(log: "/no/such/folder/log")', 'Async\daemonize(user: "no-such-user")',
    'Async\daemonize(umask: -1)', 'Async\daemonize("")', '$task = (new Pool())->add(fn () => sleep(60)); try { Async\daemonize(); } finally { $task->cancel(); }',
    'await(async(fn () => Async\daemonize()))',
] as $wrong) {
    echo php("try { $wrong; } catch (Throwable \$e) { echo \$e::class, ': ', \$e->getMessage(), \"\\n\"; exit(\$e->getCode()); }");
}
chmod($folder, 0777);
$user = posix_getuid() === 0 ? 'nobody' : posix_getpwuid(posix_getuid())['name'];
php("Async\\daemonize('$folder/pid', '$folder/log', '$user'); echo json_encode([posix_getpwuid(posix_geteuid())['name'], posix_getpwuid(posix_getuid())['name']]), \"\\n\"; sleep(1000);", ini: '-d auto_prepend_file=');
$seen('log', json_encode([$user, $user]));
$files = array_unique(array_map(fn ($file) => posix_getpwuid(fileowner("$folder/$file"))['name'], ['log', 'pid']));
echo 'as the user that was asked for: yes, and the files are that one\'s: ', json_encode($files === [$user]), "\n";
posix_kill($pid = (int) file_get_contents('pid'), SIGTERM);
ended($pid);
chdir('/');
array_map(unlink(...), glob("$folder/*"));
rmdir($folder);
?>
--EXPECT--
started: exit 0
again: Async\SupervisorException: the script cannot go on in the background: the pid file FOLDER/pid belongs to process N, which runs
shutdown
exit 4
buffered
in /, umask 27, session leader: false, the pid file has its pid: true
info: ready
-- the new log:
notice: draining
info: stopped
notice: ended
exit code 0
shutdown
the pid file is gone: true
started: exit 0
left by a dead one: true, started: exit 0
what goes wrong:
Async\SupervisorException: the script cannot go on in the background: the pid file /no/such/folder/pid cannot be opened: No such file or directory (os error 2)
exit 73
Async\SupervisorException: the script cannot go on in the background: the log /no/such/folder/log cannot be opened: No such file or directory (os error 2)
exit 73
Async\SupervisorException: the script cannot go on in the background: user no-such-user: there is no such user
exit 67
ValueError: Async\daemonize(): Argument #4 ($umask) must be between 0 and 0777
exit 0
ValueError: Async\daemonize(): Argument #1 ($pidFile) must not be empty
exit 0
Async\AsyncError: a script cannot become a daemon while it has children: they would be left without it; call daemonize() first
exit 0
Async\AsyncError: a task cannot become a daemon: daemonize() is for the script itself
exit 0
as the user that was asked for: yes, and the files are that one's: true
