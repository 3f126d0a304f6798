--TEST--
HUP, when code has changed that the supervisor itself has loaded: it executes itself, in the same process, and its workers run on until they are replaced one by one; what does not come as far as run(), or cannot be executed, changes nothing
--FILE--
<?php
require __DIR__ . '/../../support/supervisor.php';

$folder = sys_get_temp_dir() . '/async-hup-' . getmypid();
mkdir($folder);
mkdir("$folder/here");
$server = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($server, false);
fclose($server);
file_put_contents("$folder/script.php", '<?php
    require __DIR__ . "/code.php";
    require_once ' . var_export(__DIR__ . '/../../support/sync.php', true) . ';
    $open = fopen(__FILE__, "r");                              // not for the program after this one
    $code = Async\Supervisor::create()
        ->restart(Async\Restart::OnFailure, backoff: 0.001, jitter: 0)
        ->heartbeat(100)
        ->metrics("' . $address . '")
        ->add("w", function (Async\Worker $worker) {
            file_put_contents("' . $folder . '/ledger", CODE . " {$worker->id()} " . getmypid() . "\n", FILE_APPEND);
            while ($worker->sleep(1000));
        }, WORKERS)
        ->onEvent(function ($level, $message, $context) {
            in_array($context["event"], ["started", "ready"], true) || print("$level: $context[event]" . (isset($context["id"]) ? " $context[name].$context[id]" : "") . "\n");
            $context["event"] === "reload-failed" && print(preg_replace("/pid \d+/", "pid N", $message) . "\n");
            $context["event"] === "ready" && print(CODE . " ready\n");
        })
        ->run();
    echo CODE, " ends with $code\n";
');
$code = fn (string $code) => file_put_contents("$folder/code.php", "<?php $code");
$descriptors = fn () => count(scandir("/proc/{$GLOBALS['pid']}/fd"));
/** Who has begun, by what code. */
$begun = function (string $code, int $count) use ($folder): array {
    for ($deadline = hrtime(true) + PATIENCE * 1_000_000_000; hrtime(true) < $deadline; usleep(1000)) {
        preg_match_all("/^$code (\d) (\d+)$/m", (string) @file_get_contents("$folder/ledger"), $match);
        if (count($match[2]) === $count) {
            $pids = array_combine($match[1], array_map(intval(...), $match[2]));
            ksort($pids);                                       // they begin in any order
            return $pids;
        }
    }
    throw new LogicException("not $count have begun: " . file_get_contents("$folder/ledger") . file_get_contents("$folder/log"));
};
$seen = function (string $text, int $times = 1) use ($folder): void {
    for ($deadline = hrtime(true) + PATIENCE * 1_000_000_000; hrtime(true) < $deadline; usleep(1000)) {
        if (substr_count(file_get_contents("$folder/log"), $text) >= $times) {
            return;
        }
    }
    throw new LogicException("in vain: $text: " . file_get_contents("$folder/log"));
};

$code('const CODE = "old"; const WORKERS = 3;');
touch("$folder/log");
$process = proc_open('exec ' . php_command('-d auto_prepend_file= ') . ' ../script.php', [['file', '/dev/null', 'r'], ['file', "$folder/log", 'a'], ['file', "$folder/log", 'a']], $pipes, "$folder/here");
$pid = proc_get_status($process)['pid'];
$old = $begun('old', 3);
$seen('old ready', 3);
$open = $descriptors();

echo "-- code that does not come as far\n";
$code('throw new DomainException("too early");');
posix_kill($pid, SIGHUP);
$seen('reload-failed');
$code('function (');
posix_kill($pid, SIGHUP);
$seen('reload-failed', 2);
$code('exit(0);');
posix_kill($pid, SIGHUP);
$seen('reload-failed', 3);
check('the workers are as they were', array_map(alive(...), $old) === [1 => true, true, true]);

echo "-- code that cannot be executed when it comes to that\n";
$code('const CODE = "late"; const WORKERS = 3; chdir("/"); rename("' . $folder . '/here", "' . $folder . '/there");');
posix_kill($pid, SIGHUP);
$seen('No such file');
rename("$folder/there", "$folder/here");
check('the workers are as they were', array_map(alive(...), $old) === [1 => true, true, true]);

echo "-- code that is fine, and has two workers\n";
$code('const CODE = "new"; const WORKERS = 2;
    Async\await(Async\async(fn () => Async\Supervisor::create()->run(fn () => 1))); // is given nothing
    file_put_contents("' . $folder . '/former", implode(" ", array_map("alive", ' . var_export($old, true) . ')) . "\n", FILE_APPEND);');
file_put_contents("$folder/script.php", str_replace('require __DIR__ . "/code.php";', '', file_get_contents("$folder/script.php")));
file_put_contents("$folder/script.php", str_replace('$open =', 'require __DIR__ . "/code.php"; $open =', file_get_contents("$folder/script.php")));
posix_kill($pid, SIGHUP);
$new = $begun('new', 2);
$seen('notice: reloaded');
ended(...$old);
check('it is the same process', proc_get_status($process)['running'] && proc_get_status($process)['pid'] === $pid);
check('the old workers have run on until it ran', file("$folder/former", FILE_IGNORE_NEW_LINES) === ['1 1 1', '1 1 1']); // rehearsed, and executed
check('nothing else is open', $descriptors() <= $open, [$descriptors(), $open]);
check('the socket for metrics is the same one', str_contains((string) file_get_contents("http://$address/metrics"), 'workers_ready{name="w"} 2'));

echo "-- again, and nothing has changed\n";
posix_kill($pid, SIGHUP);
$begun('new', 4);
$seen('notice: reloaded', 2);
posix_kill($pid, SIGTERM);
while (($status = proc_get_status($process))['running']) {
    usleep(1000);
}
echo 'exit ', $status['exitcode'], "\n";
$lines = array_diff(file("$folder/log", FILE_IGNORE_NEW_LINES), ['']);
echo implode("\n", preg_grep('/^(notice|error|the new|new ends|info: stopped w.3)|Died|too early$/', $lines)), "\n";

echo "-- one that is killed takes the workers along that it was given\n";
$code('const CODE = "first"; const WORKERS = 2;');
$process = proc_open('exec ' . php_command('-d auto_prepend_file= ') . ' ../script.php', [['file', '/dev/null', 'r'], ['file', "$folder/log", 'a'], ['file', "$folder/log", 'a']], $pipes, "$folder/here");
$pid = proc_get_status($process)['pid'];
$old = $begun('first', 2);
$seen('first ready', 2);
$code('const CODE = "second"; const WORKERS = 2; if (getmypid() === ' . $pid . ') { touch("' . $folder . '/executed"); sleep(1000); }');
posix_kill($pid, SIGHUP);
while (!file_exists("$folder/executed")) {
    usleep(1000);
    clearstatcache();
}
check('it has them', array_map(alive(...), $old) === [1 => true, true]);
posix_kill($pid, SIGTERM);                                      // waits until somebody wants it
check('a signal waits', alive($pid));
posix_kill($pid, SIGKILL);
ended($pid, ...$old);
proc_close($process);
array_map(unlink(...), glob("$folder/*.*"));
array_map(unlink(...), array_filter(glob("$folder/*"), is_file(...)));
rmdir("$folder/here");
rmdir($folder);
?>
--EXPECT--
-- code that does not come as far
the workers are as they were: yes
-- code that cannot be executed when it comes to that
the workers are as they were: yes
-- code that is fine, and has two workers
it is the same process: yes
the old workers have run on until it ran: yes
nothing else is open: yes
the socket for metrics is the same one: yes
-- again, and nothing has changed
exit 0
notice: reloading
error: reload-failed
the new program is not taken on, and all stays as it is: it does not come as far as Supervisor::run(): Async\ProcessDiedException: task "rehearsal" (pid N) ended with exit code 255 before it gave a result
notice: reloading
error: reload-failed
the new program is not taken on, and all stays as it is: it does not come as far as Supervisor::run(): Async\ProcessDiedException: task "rehearsal" (pid N) ended with exit code 255 before it gave a result
notice: reloading
error: reload-failed
the new program is not taken on, and all stays as it is: it does not come as far as Supervisor::run(): it has ended before
notice: reloading
error: reload-failed
the new program is not taken on, and all stays as it is: No such file or directory (os error 2)
notice: reloading
notice: reloading
info: stopped w.3
notice: reloaded
notice: reloading
notice: reloaded
notice: draining
notice: ended
new ends with 0
-- one that is killed takes the workers along that it was given
it has them: yes
a signal waits: yes
