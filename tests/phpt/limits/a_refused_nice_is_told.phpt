--TEST--
A nice() that the kernel refuses is a CannotForkException, not a task with another priority
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->nice(-5);
$root = posix_geteuid() === 0;
if ($root) {
    posix_seteuid(65534); // the right to a higher priority is root's
}
$future = $pool->add(fn() => print("it ran\n"), 7);
if ($root) {
    posix_seteuid(0);
}
$e = failure($future);
echo $e::class, ' ', $e->errno === PCNTL_EPERM ? 'EPERM' : $e->errno, ' ', $e->limit, ' ', $e->getFile() === __FILE__ ? 'here' : $e->getFile(), "\n";
echo preg_replace('/pid \d+/', 'pid PID', $e->getMessage()), "\n";
?>
--EXPECT--
Async\CannotForkException EPERM RLIMIT_NICE here
task [7] (pid PID) could not be started: nice(-5) failed: Operation not permitted; a higher priority needs CAP_SYS_NICE or a higher RLIMIT_NICE
