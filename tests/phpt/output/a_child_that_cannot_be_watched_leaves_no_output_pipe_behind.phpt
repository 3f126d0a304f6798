--TEST--
A child whose descriptors the kernel refuses to watch leaves nothing of the output that was to be captured behind
--EXTENSIONS--
ffi
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$libc = FFI::cdef('int dup(int); int dup2(int, int); int open(const char *, int); int close(int); int __register_atfork(void *, void (*)(void), void *, void *);');
$epoll = fn() => array_search('anon_inode:[eventpoll]', array_map(fn($fd) => @readlink("/proc/self/fd/$fd"), range(0, 63)), true);
$count = fn() => count(scandir('/proc/self/fd'));

await([Pool::create()->add(fn() => 1)]); // there is something that watches children
$watching = $epoll();
$copy = $libc->dup($watching);
$null = $libc->open('/dev/null', 0);
$refuse = false;
$libc->__register_atfork(null, function () use (&$refuse, $libc, $null, $watching) {
    $refuse and $libc->dup2($null, $watching); // in the parent, behind the fork: what is to be watched from now on cannot be
}, null, null);

foreach ([1, 0] as $tasks) {
    $first = Pool::create()->output(Output::Capture)->tasksPerChild($tasks);
    await([$first->add(fn() => 1)]);
    $pool = Pool::create()->output(Output::Capture)->tasksPerChild($tasks);
    $before = $count();
    $refuse = true;
    $future = $pool->add(fn() => 1);
    $refuse = false;
    $libc->dup2($copy, $watching);
    $e = failure($future);
    echo $e::class, ' ', $e->getMessage(), "\n", $count() - $before, " descriptors left\n";
    echo await([$pool->add(fn() => "and on")])[0], "\n";
}
$libc->close($copy);
$libc->close($null);
?>
--EXPECTF--
Async\CannotForkException %sepoll_ctl%s
0 descriptors left
and on
Async\CannotForkException %sepoll_ctl%s
0 descriptors left
and on
