--TEST--
As process 1 of a container a supervisor drains at SIGTERM, and takes the statuses of orphans, but not those of the application's own children
--SKIPIF--
<?php
$unshare = 'unshare ' . (posix_getuid() === 0 ? '' : '-Ur ') . '-pf --mount-proc';
if (trim((string) shell_exec("$unshare echo in 2>/dev/null")) !== 'in') { die('skip needs unshare(1), and the right to make a namespace of processes'); }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$unshare = 'unshare ' . (posix_getuid() === 0 ? '' : '-Ur ') . '-pf --mount-proc';
$script = new Script('
    require "' . __DIR__ . '/../../support/supervisor.php";
    $notes = new Notes();
    $own = proc_open(["sh", "-c", "exit 7"], [], $pipes);
    $code = Async\Supervisor::create()
        ->add("w", function (Async\Worker $worker) use ($notes) {
            // The shell in the middle ends at once, and what it has started becomes a child of process 1.
            $orphan = (int) shell_exec("true & echo \$!");
            while (file_exists("/proc/$orphan")) {
                usleep(1000);
                clearstatcache();
            }
            echo "the orphan is gone\n";
            while ($worker->sleep(1000));
        })
        ->onEvent((new Log())->at("ready", function () { echo "process " . getmypid() . "\n"; }))
        ->run();
    echo "exit code $code\n";
    // The status of its own child is still there.
    do {
        $status = proc_get_status($own);
    } while ($status["running"]);
    echo "own child: ", $status["exitcode"], "\n";
', under: $unshare);
$lines = [$script->line(), $script->line()];
sort($lines);
echo implode("\n", $lines), "\n";
posix_kill((int) file_get_contents("/proc/$script->pid/task/$script->pid/children"), SIGTERM);
echo $script->rest(), 'exit ', $script->end(), "\n";
?>
--EXPECT--
process 1
the orphan is gone
exit code 0
own child: 7
exit 0
