--TEST--
A child whose descriptors the kernel refuses to watch fails its task, begun or not, and leaves no pipe for output behind
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
[$gate, $other] = [new Gate(), new Gate()];
$refuse = false;
$libc->__register_atfork(null, function () use (&$refuse, $gate, $libc, $null, $watching) {
    if ($refuse) { // in the parent, behind the fork: what is to be watched from now on cannot be
        $libc->dup2($null, $watching);
        $refuse === 'when it has begun' and $gate->pass();
    }
}, null, null);

foreach ([1, 0] as $tasks) {
    foreach (['at once', 'when it has begun'] as $when) {
        $pools[] = $first = Pool::create()->output(Output::Capture)->tasksPerChild($tasks);
        await([$first->add(fn() => 1)]);
        $pools[] = $pool = Pool::create()->output(Output::Capture)->tasksPerChild($tasks); // whose warm workers run to the end of the script
        $before = $count();
        $refuse = $when;
        $future = $pool->add(function () use ($gate, $other, $when) {
            $when === 'when it has begun' and $gate->open();
            $other->never();
        });
        $refuse = false;
        $libc->dup2($copy, $watching);
        $e = failure(fn() => await($future, PATIENCE));
        echo $e::class, str_contains($e->getMessage(), 'epoll_ctl') ? '' : $e->getMessage(), "\n";
        echo $count() - $before, " descriptors left\n", await([$pool->add(fn() => 'and on')])[0], "\n";
    }
}
$libc->close($copy);
$libc->close($null);
?>
--EXPECT--
Async\CannotForkException
0 descriptors left
and on
Async\CannotForkException
0 descriptors left
and on
Async\CannotForkException
0 descriptors left
and on
Async\CannotForkException
0 descriptors left
and on
