--TEST--
daemonize() and detach() follow no symbolic link to a pid file or a log, as a daemon begins with the rights of root; a pid file of another user is refused to whoever may not write to it; each time it is told on the terminal, and nothing is changed
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$folder = sys_get_temp_dir() . '/async-links-' . getmypid();
mkdir($folder);
file_put_contents("$folder/precious", 'precious');
symlink("$folder/precious", "$folder/link");
symlink("$folder/nowhere", "$folder/dangling");
symlink('/', "$folder/root");
$tell = fn (string $code, string $under = ''): string => str_replace($folder, 'FOLDER', preg_replace('/process \d+/', 'process N',
    php("try { $code; echo 'done'; } catch (Throwable \$e) { echo \$e::class, ': ', \$e->getMessage(); exit(\$e->getCode()); }", ini: '-d auto_prepend_file=', under: $under)));
foreach (['Async\daemonize("FOLDER/link")', 'Async\daemonize("FOLDER/dangling")', 'Async\daemonize(log: "FOLDER/link")', 'Async\daemonize(log: "FOLDER/dangling")',
    'Async\detach(fn () => 1, "FOLDER/link")'] as $code) {
    echo $tell(str_replace('FOLDER', $folder, $code));
}
check('nothing was changed', file_get_contents("$folder/precious") === 'precious' && !file_exists("$folder/nowhere"));
echo $tell("posix_kill(Async\\detach(fn () => 1, '/dev/stderr'), 0)");     // a link of the system
echo $tell("Async\\detach(fn () => touch('$folder/done'), '$folder/root$folder/log')"); // a folder may be one
while (!file_exists("$folder/done")) {
    usleep(1000);
    clearstatcache();
}

// A log that becomes a link is not followed when it is opened anew: the old one stays.
php("Async\\daemonize('$folder/pid', '$folder/own'); echo \"here\\n\"; while (true) { usleep(1000); touch('$folder/alive'); echo '.'; flush(); }", ini: '-d auto_prepend_file=');
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while (!is_file("$folder/pid") || !file_exists("$folder/alive")) {
    hrtime(true) < $deadline || throw new LogicException('no daemon');
    usleep(1000);
    clearstatcache();
}
$pid = (int) file_get_contents("$folder/pid");
rename("$folder/own", "$folder/own.1");
symlink("$folder/precious", "$folder/own");
posix_kill($pid, SIGUSR2);
for ($size = filesize("$folder/own.1"), $grown = 0; $grown < 20; clearstatcache()) {
    usleep(1000);
    $grown = filesize("$folder/own.1") - $size;
}
check('its log is the one that it had', file_get_contents("$folder/precious") === 'precious');

echo "-- pid files of live and dead processes, and of others\n";
echo $tell("Async\\daemonize('$folder/pid')");
posix_kill($pid, SIGKILL);
ended($pid);
echo $tell("Async\\daemonize('$folder/pid', '$folder/second')"); // it has left its file, and this one ends at once
for ($deadline = hrtime(true) + PATIENCE * 1_000_000_000; file_exists("$folder/pid") && hrtime(true) < $deadline; clearstatcache()) {
    usleep(1000);
}
check('taken over, and removed', !file_exists("$folder/pid") && file_get_contents("$folder/second") === 'done');
if (posix_getuid() === 0 && is_executable('/usr/bin/setpriv')) {
    file_put_contents("$folder/others", "1\n");
    chmod("$folder/others", 0644);
    echo $tell("Async\\daemonize('$folder/others')", 'setpriv --reuid=65534 --clear-groups');
} else {
    echo "Async\SupervisorException: the script cannot go on in the background: the pid file FOLDER/others cannot be opened: Permission denied (os error 13)\nexit 73\n";
}
unlink("$folder/root");
array_map(unlink(...), array_filter(glob("$folder/*"), fn ($file) => is_file($file) || is_link($file)));
array_map(unlink(...), array_filter(["$folder/dangling"], is_link(...)));
rmdir($folder);
?>
--EXPECT--
Async\SupervisorException: the script cannot go on in the background: the pid file FOLDER/link cannot be opened: it is a symbolic link, which is not followed here; name the file itself
exit 73
Async\SupervisorException: the script cannot go on in the background: the pid file FOLDER/dangling cannot be opened: it is a symbolic link, which is not followed here; name the file itself
exit 73
Async\SupervisorException: the script cannot go on in the background: the log FOLDER/link cannot be opened: it is a symbolic link, which is not followed here; name the file itself
exit 73
Async\SupervisorException: the script cannot go on in the background: the log FOLDER/dangling cannot be opened: it is a symbolic link, which is not followed here; name the file itself
exit 73
Async\SupervisorException: the script cannot go on in the background: the log FOLDER/link cannot be opened: it is a symbolic link, which is not followed here; name the file itself
exit 73
nothing was changed: yes
done
exit 0
done
exit 0
its log is the one that it had: yes
-- pid files of live and dead processes, and of others
Async\SupervisorException: the script cannot go on in the background: the pid file FOLDER/pid belongs to process N, which runs
exit 75

exit 0
taken over, and removed: yes
Async\SupervisorException: the script cannot go on in the background: the pid file FOLDER/others cannot be opened: Permission denied (os error 13)
exit 73
