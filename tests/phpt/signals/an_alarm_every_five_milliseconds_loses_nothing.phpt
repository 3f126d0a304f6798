--TEST--
SIGALRM every 5 ms while a thousand tasks run: no warning, no lost result, with async signals and without (pain 26)
--EXTENSIONS--
ffi
--FILE--
<?php
use Async\Pool;
use function Async\await;

$c = FFI::cdef('
    struct itimerval { long every_s, every_us, first_s, first_us; };
    int setitimer(int, const struct itimerval *, struct itimerval *);
');
$timer = $c->new('struct itimerval');
$got = 0;
pcntl_signal(SIGALRM, function () use (&$got) { $got++; });
foreach ([true, false] as $async) {
    pcntl_async_signals($async);
    $timer->every_us = $timer->first_us = 5000;
    $c->setitimer(0, FFI::addr($timer), null);
    $pool = Pool::create()->concurrency(8);
    for ($i = 0; $i < 1000; $i++) {
        $pool[] = fn() => $i % 10 ? $i : str_repeat((string) $i, 50_000);
    }
    $right = 0;
    foreach (await($pool) as $i => $value) {
        $right += $value === ($i % 10 ? $i : str_repeat((string) $i, 50_000)) ? 1 : 0;
    }
    while ($got < 10) { // whatever the speed of the tasks
        usleep(1000);
        pcntl_signal_dispatch();
    }
    $timer->every_us = $timer->first_us = 0;
    $c->setitimer(0, FFI::addr($timer), null);
    echo $async ? 'async signals' : 'without', ": $right right\n";
    $got = 0;
}
?>
--EXPECT--
async signals: 1000 right
without: 1000 right
