--TEST--
A pool forwards what the application handles at the time: not what ends it, nor what it ignores; the whole group of a task gets it
--EXTENSIONS--
ffi
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v cc')) === '') { die('skip needs a C compiler'); }
?>
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/compile.php';

foreach (['default' => '', 'ignored at its start' => "trap '' HUP;"] as $name => $before) {
    $script = new Script('
        $notes = new Notes();
        $pool = Pool::create()->forwardSignals(SIGHUP);
        $pool[] = function () use ($notes) {
            pcntl_async_signals(true);
            pcntl_signal(SIGHUP, function () { file_put_contents("php://stderr", "IT GOT IT\n"); });
            $notes->write(getmypid());
            while (true) { usleep(1000); }
        };
        echo $notes->next(), "\n";
        posix_kill(getmypid(), SIGHUP);
        echo "goes on\n";
        $pool->cancel();
    ', '-d async.kill_grace=0.1', before: $before);
    $pid = (int) $script->line();
    echo "$name: ", $script->line() ?: 'died';
    ended($pid);
    echo ', ', $script->rest(), $script->end(), "\n";
}

$directory = sys_get_temp_dir() . '/async-' . getmypid();
mkdir($directory);
$c = FFI::cdef('void chain(int signal); int calls_so_far(void);', compiled('chain', $directory));
array_map(unlink(...), glob("$directory/*"));
rmdir($directory);

[$ready, $handled] = [new Notes(), 0];
pcntl_async_signals(true);
pcntl_signal(SIGTERM, SIG_IGN);
$future = async(function () use ($ready) {
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, function () use ($ready) { $ready->write('it'); });
    $ready->write('runs');
    $program = proc_open(['sleep', '60'], [], $pipes);
    while (file_get_contents('/proc/' . proc_get_status($program)['pid'] . '/comm') !== "sleep\n") {
        usleep(1000); // until then it has the handlers of this process
    }
    $ready->write('started');
    while (proc_get_status($program)['running']) {
        usleep(1000);
    }
    $ready->write('its program');
    while (true) {
        usleep(1000);
    }
})->start();
$ready->next();
$ready->next();
$pool = Pool::create()->forwardSignals(SIGTERM, SIGINT);
$pool[] = $future; // it runs already
posix_kill(getmypid(), SIGTERM);
echo 'ignored: ', count($ready->all()), "\n";
pcntl_signal(SIGTERM, function () use (&$handled) { $handled++; });
$pool->tick(); // from here on
posix_kill(getmypid(), SIGTERM);
$handlers = [$ready->next(), $ready->next()];
sort($handlers);
echo 'handled: ', implode(' ', $handlers), ", $handled by the application\n";
$c->chain(SIGTERM);
$pool->tick();
posix_kill(getmypid(), SIGTERM);
echo 'beside a library: ', $ready->next(), ", {$c->calls_so_far()} by the library, $handled by the application\n";
pcntl_signal(SIGTERM, SIG_IGN);
$pool->tick();
posix_kill(getmypid(), SIGTERM);
echo 'ignored: ', count($ready->all()), "\n";
$future->cancel();
?>
--EXPECT--
default: died, 129
ignored at its start: goes on, 0
ignored: 0
handled: it its program, 1 by the application
beside a library: it, 1 by the library, 2 by the application
ignored: 0
