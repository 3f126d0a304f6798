--TEST--
Ctrl-C on a terminal ends the parent and all its children; where the application handles it, it reaches them first (pain 34)
--SKIPIF--
<?php
if (!is_executable('/usr/bin/script')) { echo 'skip needs script (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['', 'pcntl_async_signals(true); pcntl_signal(SIGINT, function () { echo "handled\n"; });'] as $handler) {
    $file = tempnam(sys_get_temp_dir(), 'async');
    file_put_contents($file, '<?php use function Async\{async, await}; require ' . var_export(realpath(__DIR__ . '/../../support/sync.php'), true) . ';'
        . $handler . '
        $notes = new Notes();
        foreach (["sleep", "exec", "nested"] as $kind) {
            $futures[] = async(function () use ($notes, $kind) {
                if ($kind === "nested") {
                    async(function () use ($notes) { $notes->write(getmypid()); (new Gate())->never(); })->start();
                }
                $notes->write(getmypid());
                $kind === "exec" ? shell_exec("sleep 60") : (new Gate())->never();
            });
        }
        echo "pids ", implode(" ", array_map(fn() => $notes->next(), range(1, 4))), "\n";
        foreach (Async\settle($futures) as $future) {
            echo $future->error()::class, "\n";
        }');
    $terminal = proc_open(['script', '-qec', trim(php_command()) . ' ' . escapeshellarg($file), '/dev/null'],
        [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
    stream_set_timeout($pipes[1], PATIENCE);
    do {
        $line = fgets($pipes[1]);
    } while ($line !== false && !preg_match('/pids ([\d ]+)/', $line, $found));
    fwrite($pipes[0], "\x03");
    ended(...array_map('intval', explode(' ', trim($found[1] ?? ''))));
    while (($line = fgets($pipes[1])) !== false) {
        echo str_replace(["^C", "\r"], '', $line);
    }
    echo 'exit ', proc_close($terminal), "\n";
    unlink($file);
}
?>
--EXPECT--
exit 130
handled
Async\ProcessDiedException
Async\ProcessDiedException
Async\ProcessDiedException
exit 0
