--TEST--
A daemon whose own code has changed executes itself at HUP, and is the same daemon: process, session, pid file and its lock, log, user; it finds its script although it has left the folder
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$folder = sys_get_temp_dir() . '/async-daemon-hup-' . getmypid();
mkdir($folder);
chmod($folder, 0777);
$user = posix_getuid() === 0 ? 'nobody' : posix_getpwuid(posix_getuid())['name'];
$code = fn (string $word, string $pidFile = 'pid') => file_put_contents("$folder/script.php", '<?php
    Async\daemonize("' . "$folder/$pidFile" . '", "' . $folder . '/log", "' . $user . '");
    Async\Supervisor::create()
        ->add("w", function (Async\Worker $worker) { echo "' . $word . ' ", getmypid(), "\n"; while ($worker->sleep(1000)); })
        ->onEvent(function ($level, $message, $context) {
            $line = implode(" ", [$context["event"], getmypid(), posix_getsid(0), getcwd(), posix_getpwuid(posix_geteuid())["name"], posix_getpwuid(posix_getuid())["name"]]);
            in_array($context["event"], ["ready", "reloaded"], true) && print("' . $word . ' $line\n");
            $context["event"] === "reload-failed" && print("$message\n");
        })
        ->run();
');
/** The line of the log that begins so, once it is there. */
$line = function (string $begin) use ($folder): string {
    for ($deadline = hrtime(true) + PATIENCE * 1_000_000_000; hrtime(true) < $deadline; usleep(1000)) {
        if ($found = preg_grep('/^' . preg_quote($begin) . '/', @file("$folder/log", FILE_IGNORE_NEW_LINES) ?: [])) {
            return substr(end($found), strlen($begin) + 1);
        }
    }
    throw new LogicException("no $begin in the log: " . @file_get_contents("$folder/log"));
};
$locked = function (string $file) use ($folder): bool {
    $open = fopen("$folder/$file", 'r');
    return !flock($open, LOCK_EX | LOCK_NB);
};

$code('old');
chdir($folder);
exec(php_command('-d auto_prepend_file= ') . ' script.php', $output, $exit);
$before = $line('old ready');
$pid = (int) file_get_contents("$folder/pid");
$code('new');
rename("$folder/log", "$folder/log.1");
touch("$folder/log");
chmod("$folder/log", 0666);
posix_kill($pid, SIGHUP);
$after = $line('new reloaded');
check('started', $exit === 0 && $output === []);
check('process, session, folder and user are the same', $before === $after && str_ends_with($after, "/ $user $user"), [$before, $after]);
check('the pid file has the pid and is locked', (int) file_get_contents("$folder/pid") === $pid && $locked('pid'));

echo "-- with another pid file\n";
$code('newer', 'other');
posix_kill($pid, SIGHUP);
check('it is the same process', $line('newer reloaded') === $before);
check('the other file has the pid and is locked, and the one before is gone', (int) file_get_contents("$folder/other") === $pid && $locked('other') && !file_exists("$folder/pid"));
posix_kill($pid, SIGTERM);
ended($pid);
check('it is removed at the end', !file_exists("$folder/other"));
array_map(unlink(...), glob("$folder/*"));
chdir('/');
rmdir($folder);
?>
--EXPECT--
started: yes
process, session, folder and user are the same: yes
the pid file has the pid and is locked: yes
-- with another pid file
it is the same process: yes
the other file has the pid and is locked, and the one before is gone: yes
it is removed at the end: yes
