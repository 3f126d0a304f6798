--TEST--
A hundred tasks, half of them killed, make no file anywhere, not in the temporary folder and not in /dev/shm, even for a moment (pains 11 and 12); pieces of memory without a name
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer makes a folder for its reports'); }
if (trim((string) shell_exec('strace -qq -o /dev/null true 2>&1; echo $?')) !== '0') { echo 'skip needs strace, and the right to use it'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$log = tempnam(sys_get_temp_dir(), 'async');
echo php(<<<'PHP'
    $pool = Pool::create()->concurrency(8);
    for ($i = 0; $i < 100; $i++) {
        $pool[] = $i % 2 ? fn() => str_repeat('x', 200_000) : fn() => posix_kill(getmypid(), SIGKILL);
    }
    settle($pool);
    echo count($pool->getFinished()), ' ', count($pool->getFailed()), "\n";
    PHP, '-d sys_temp_dir=/nowhere', 'TMPDIR=/nowhere', "strace -f -qq -o $log -e trace=open,openat,creat,mknod,mknodat,mkdir,mkdirat,memfd_create,shmget");
// strace breaks a call into two lines when another process makes one meanwhile; the first of them has the arguments.
$calls = preg_grep('~<\.\.\. \w+ resumed>~', file($log), PREG_GREP_INVERT);
unlink($log);
check('traced', count(preg_grep('/openat\(/', $calls)) > 10, $calls);
// What the parent maps twice, for itself and, not to be written, for its tasks. It is in no folder, and gone with the mappings.
// The second is the read-only data of libraries, which a fork would copy.
foreach (['async', 'async-relocated'] as $name) {
    check("one piece of memory $name", count(preg_grep("~memfd_create\(\"$name\", MFD_CLOEXEC\|MFD_ALLOW_SEALING\b~", $calls)) === 1, $calls);
    $calls = preg_grep("~memfd_create\(\"$name\"~", $calls, PREG_GREP_INVERT);
}
echo implode(preg_grep('~O_CREAT|O_TMPFILE|mk[nd]|creat\(|memfd_create|shmget|/dev/shm|/nowhere~', $calls));
?>
--EXPECT--
50 50
exit 0
traced: yes
one piece of memory async: yes
one piece of memory async-relocated: yes
