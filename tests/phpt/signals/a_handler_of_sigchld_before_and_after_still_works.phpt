--TEST--
The application's own SIGCHLD handler works, installed before the first task or after it (pains 27 and 28)
--FILE--
<?php
use function Async\{async, await};

pcntl_async_signals(true);
foreach (['before', 'after'] as $when) {
    $got = 0;
    $handler = function () use (&$got) { $got++; };
    if ($when === 'before') {
        pcntl_signal(SIGCHLD, $handler);
    }
    await(async(fn() => 1));
    if ($when === 'after') {
        pcntl_signal(SIGCHLD, $handler);
    }
    $got = 0;
    exec('true');
    echo $when, ': ', $got > 0 ? 'called' : 'NOT CALLED', ', ', await(async(fn() => 'and tasks work')), "\n";
    pcntl_signal(SIGCHLD, SIG_DFL);
}
?>
--EXPECT--
before: called, and tasks work
after: called, and tasks work
