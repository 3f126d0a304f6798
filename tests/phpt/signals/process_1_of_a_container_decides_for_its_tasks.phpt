--TEST--
As process 1 (docker stop): without a handler neither the script nor its tasks end; with one, it decides
--SKIPIF--
<?php
$unshare = 'unshare ' . (posix_getuid() === 0 ? '' : '-Ur ') . '-pf --mount-proc';
if (trim((string) shell_exec("$unshare echo in 2>/dev/null")) !== 'in') { die('skip needs unshare(1), and the right to make a namespace of processes'); }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$unshare = 'unshare ' . (posix_getuid() === 0 ? '' : '-Ur ') . '-pf --mount-proc';
$handlers = [
    'none' => '',
    'stop' => 'pcntl_async_signals(true); pcntl_signal(%d, function () { $GLOBALS["pool"]->stop(); touch($GLOBALS["gate"]); });',
    'cancel' => 'pcntl_async_signals(true); pcntl_signal(%d, function () { $GLOBALS["pool"]->cancel(); touch($GLOBALS["gate"]); });',
];
foreach ($handlers as $name => $handler) {
    foreach ([SIGTERM, SIGINT] as $signal) {
        $gate = tempnam(sys_get_temp_dir(), 'async');
        unlink($gate);
        $script = new Script('
            $gate = ' . var_export($gate, true) . ';
            $begun = new Gate();
            $pool = Pool::create();
            ' . sprintf($handler, $signal) . '
            $pool["task"] = function () use ($gate, $begun) {
                $begun->open();
                while (!file_exists($gate)) {
                    usleep(1000);
                    clearstatcache();
                }
                return "done";
            };
            $begun->pass();
            echo getmypid(), "\n";
            $future = Async\settle($pool)["task"];
            echo $future->error() ? $future->error()::class : $future->await(), "\n";
        ', under: $unshare);
        $first = $script->line();
        $pid = (int) file_get_contents("/proc/$script->pid/task/$script->pid/children");
        posix_kill($pid, $signal);
        if ($handler === '') {
            posix_kill($pid, $signal); // a second one finds what the first one left behind
            touch($gate);
        }
        echo "$name, process $first: ", $script->line(), ', exit ', $script->end(), "\n";
        unlink($gate);
    }
}
?>
--EXPECT--
none, process 1: done, exit 0
none, process 1: done, exit 0
stop, process 1: done, exit 0
stop, process 1: done, exit 0
cancel, process 1: Async\CancelledException, exit 0
cancel, process 1: Async\CancelledException, exit 0
