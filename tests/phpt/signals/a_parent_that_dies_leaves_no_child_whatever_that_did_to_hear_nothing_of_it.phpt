--TEST--
A parent that dies leaves no child, whatever that has done to its rights, its group, or its request to be told
--EXTENSIONS--
ffi
posix
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$root = posix_geteuid() === 0;
$ways = [
    'takes its request back' => 'FFI::cdef("int prctl(int o, unsigned long a, unsigned long b, unsigned long c, unsigned long d);")->prctl(1, 0, 0, 0, 0);',
    'takes it back and joins the group of its parent' => 'FFI::cdef("int prctl(int o, unsigned long a, unsigned long b, unsigned long c, unsigned long d);")->prctl(1, 0, 0, 0, 0);
        posix_setpgid(0, posix_getpgid(posix_getppid()));',
    'joins the group of its parent' => 'posix_setpgid(0, posix_getpgid(posix_getppid()));',
    'closes every descriptor' => '$c = FFI::cdef("int close(int fd);"); for ($fd = 3; $fd < 1024; $fd++) { $c->close($fd); }',
    // These are root's alone: any other user leaves them out, and is shown as much as can be.
    'becomes another user' => 'posix_setgid(65534); posix_setuid(65534);',
    'becomes another user for a while' => 'posix_seteuid(65534);',
    // A thread-safe PHP has no chroot().
    'becomes another user in a root of its own' => 'chdir("/"); FFI::cdef("int chroot(const char *path);")->chroot("/tmp"); posix_setgid(65534); posix_setuid(65534);',
    'becomes another user and joins the group of its parent' => 'posix_setuid(65534); posix_setpgid(0, posix_getpgid(posix_getppid()));',
];
foreach ($ways as $what => $way) {
    $way = $root || !str_contains($way, '65534') ? $way : '';
    foreach (['child of its own' => 1, 'warm worker' => 0] as $kind => $tasks) {
        $script = new Script('
            $pool = Pool::create()->concurrency(1)->tasksPerChild(' . $tasks . ');
            $pool[] = function () {
                ' . $way . '
                if (($program = pcntl_fork()) > 0) { // no other program is found in another root
                    echo getmypid(), " ", $program, "\n";
                }
                while (true) { sleep(60); }
            };
            await($pool);
        ');
        [$child, $program] = array_map('intval', explode(' ', $script->line()));
        $script->signal(SIGKILL);
        $script->end();
        ended($child);
        // What it started goes with its group; that of the parent is not ours to end.
        if (str_contains($what, 'joins')) {
            posix_kill($program, SIGKILL);
        }
        ended($program);
        echo "a $kind that $what: gone\n";
    }
}
?>
--EXPECT--
a child of its own that takes its request back: gone
a warm worker that takes its request back: gone
a child of its own that takes it back and joins the group of its parent: gone
a warm worker that takes it back and joins the group of its parent: gone
a child of its own that joins the group of its parent: gone
a warm worker that joins the group of its parent: gone
a child of its own that closes every descriptor: gone
a warm worker that closes every descriptor: gone
a child of its own that becomes another user: gone
a warm worker that becomes another user: gone
a child of its own that becomes another user for a while: gone
a warm worker that becomes another user for a while: gone
a child of its own that becomes another user in a root of its own: gone
a warm worker that becomes another user in a root of its own: gone
a child of its own that becomes another user and joins the group of its parent: gone
a warm worker that becomes another user and joins the group of its parent: gone
