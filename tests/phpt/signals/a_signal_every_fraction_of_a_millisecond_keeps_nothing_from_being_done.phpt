--TEST--
A signal that cuts each wait short keeps no idle child from giving up its place, and no stopped one from being replaced
--EXTENSIONS--
ffi
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$code = <<<'PHP'
    $c = FFI::cdef('
        struct itimerval { long every_s, every_us, first_s, first_us; };
        int setitimer(int, const struct itimerval *, struct itimerval *);
    ');
    $timer = $c->new('struct itimerval');
    pcntl_signal(SIGALRM, function () {});
    foreach ([true, false] as $async) {
        pcntl_async_signals($async);
        $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
        $pid = await($pool->add(getmypid(...)));
        in_state($pid, 'S');
        $timer->every_us = $timer->first_us = 200;
        $c->setitimer(0, FFI::addr($timer), null);
        echo await(Pool::create()->add(fn() => 'in its place'), PATIENCE), "\n";
        $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
        $pid = await($pool->add(getmypid(...)));
        in_state($pid, 'S');
        posix_kill($pid, SIGSTOP);
        in_state($pid, 'T');
        echo await($pool->add(fn() => 'in another child'), PATIENCE), "\n";
        $timer->every_us = $timer->first_us = 0;
        $c->setitimer(0, FFI::addr($timer), null);
        $pool = null;
    }
    PHP;
foreach (['thread', 'signal'] as $notifier) {
    echo $notifier, "\n", php($code, "-d async.idle_timeout=0 -d async.max_children=1 -d async.notifier=$notifier");
}
?>
--EXPECT--
thread
in its place
in another child
in its place
in another child
exit 0
signal
in its place
in another child
in its place
in another child
exit 0
