--TEST--
SIGCHLD may be set to anything at any time: values come, in a loop and at await (pain 27)
--EXTENSIONS--
ffi
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

set_time_limit(50);
$c = FFI::cdef('
    struct action { void (*handler)(int); unsigned long mask[16]; int flags; void (*restorer)(void); };
    int sigaction(int, const struct action *, struct action *);
');
$settings = [
    'ignored' => fn() => pcntl_signal(SIGCHLD, SIG_IGN),
    'default' => fn() => pcntl_signal(SIGCHLD, SIG_DFL),
    'a handler' => fn() => pcntl_signal(SIGCHLD, function () {}),
    'no zombies wanted' => function () use ($c) {
        $action = $c->new('struct action');
        $action->flags = 2; // SA_NOCLDWAIT
        $c->sigaction(SIGCHLD, FFI::addr($action), null);
    },
];
foreach ([false, true] as $async) {
    pcntl_async_signals($async);
    foreach ($settings as $name => $set) {
        $gate = new Gate();
        $done = [];
        $before = async(function () use ($gate) { $gate->pass(); return 'before'; })
            ->then(function (string $value) use (&$done) { $done[] = $value; });
        $set();
        $gate->open();
        $after = async(fn() => 'after')->then(function (string $value) use (&$done) { $done[] = $value; });
        while (count($done) < 2) {
            $async || pcntl_signal_dispatch();
        }
        echo $name, ': ', $before->await(), ' ', $after->await(), ' ', await([async(fn() => 'awaited')])[0], "\n";
        pcntl_signal(SIGCHLD, SIG_DFL);
    }
}
?>
--EXPECT--
ignored: before after awaited
default: before after awaited
a handler: before after awaited
no zombies wanted: before after awaited
ignored: before after awaited
default: before after awaited
a handler: before after awaited
no zombies wanted: before after awaited
