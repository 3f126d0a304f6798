--TEST--
A library that puts its handler in front of what it finds is called once for each signal, and so is the application's
--EXTENSIONS--
ffi
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v cc')) === '') { die('skip needs a C compiler'); }
?>
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/compile.php';

$directory = sys_get_temp_dir() . '/async-' . getmypid();
mkdir($directory);
$c = FFI::cdef('void chain(int signal); int calls_so_far(void);', compiled('chain', $directory));
array_map(unlink(...), glob("$directory/*"));
rmdir($directory);

pcntl_async_signals(true);
foreach ([SIGHUP, SIGINT, SIGTERM, SIGCHLD] as $signal) {
    $mine = 0;
    pcntl_signal($signal, function () use (&$mine) { $mine++; });
    [$one, $other] = [new Gate(), new Gate()];
    $before = async(function () use ($one) { $one->pass(); return 'before'; });
    $c->chain($signal);
    $after = async(function () use ($other) { $other->pass(); return 'after'; });
    $calls = $c->calls_so_far();
    $mine = 0;
    posix_kill(getmypid(), $signal);
    echo "signal $signal: the library ", $c->calls_so_far() - $calls, ", the application $mine, ";
    $one->open();
    $other->open();
    echo implode(' ', await([$before, $after])), "\n";
}
?>
--EXPECT--
signal 1: the library 1, the application 1, before after
signal 2: the library 1, the application 1, before after
signal 15: the library 1, the application 1, before after
signal 17: the library 1, the application 1, before after
