--TEST--
Ctrl-C on a terminal ends the parent and all its children; where the application handles it, that decides (pain 34)
--SKIPIF--
<?php
if (!is_executable('/usr/bin/script')) { echo 'skip needs script (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$names = 'use function Async\{async, await}; require ' . var_export(realpath(__DIR__ . '/../../support/sync.php'), true) . ';';
foreach (['', '$pool->cancel();', '$pool->stop(); touch($open); $gate->open(3);'] as $decision) {
    $file = tempnam(sys_get_temp_dir(), 'async');
    $told = tempnam(sys_get_temp_dir(), 'async'); // script(1) may lose what a terminal was sent last
    file_put_contents($file, "<?php $names \$told = " . var_export($told, true) . '; $open = "$told.open";
        [$notes, $gate, $pool] = [new Notes(), new Gate(), Async\Pool::create()->concurrency(3)];
        pcntl_async_signals(true);
        ' . ($decision ? "pcntl_signal(SIGINT, function () use (\$pool, \$gate, \$open) { $decision });" : '') . '
        foreach (["sleep", "exec", "nested"] as $kind) {
            $pool[$kind] = function () use ($notes, $gate, $open, $kind) {
                $wait = function () use ($notes, $gate) { $notes->write(getmypid()); $gate->pass(); };
                if ($kind === "nested") {
                    async($wait)->start();
                }
                if ($kind === "exec") {
                    $notes->write(getmypid());
                    exec("while [ ! -e $open ]; do sleep 0.01; done");
                } else {
                    $wait();
                }
                return "has ended as it should";
            };
        }
        $pids = array_map(fn() => $notes->next(), range(1, 4));
        $pool["queued"] = fn() => null;
        echo "pids ", implode(" ", $pids), "\n";
        foreach (Async\settle($pool) as $key => $future) {
            $end = $future->error() ? $future->error()::class : $future->await();
            file_put_contents($told, "$key $end\n", FILE_APPEND);
        }
        ');
    $terminal = proc_open(['script', '-qec', 'exec ' . trim(php_command()) . ' ' . escapeshellarg($file), '/dev/null'],
        [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
    stream_set_timeout($pipes[1], PATIENCE);
    do {
        $line = fgets($pipes[1]);
    } while ($line !== false && !preg_match('/pids ([\d ]+)/', $line, $found));
    fwrite($pipes[0], "\x03");
    ended(...array_map('intval', explode(' ', trim($found[1] ?? ''))));
    stream_get_contents($pipes[1]);
    $code = proc_close($terminal);
    echo file_get_contents($told), "exit $code\n";
    array_map(unlink(...), array_filter([$file, $told, "$told.open"], is_file(...)));
}
?>
--EXPECT--
exit 130
sleep Async\CancelledException
exec Async\CancelledException
nested Async\CancelledException
queued Async\CancelledException
exit 0
sleep has ended as it should
exec has ended as it should
nested has ended as it should
queued Async\CancelledException
exit 0
