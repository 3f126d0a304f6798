--TEST--
Ctrl-C on a terminal ends the parent and all its children; where the application handles it, it reaches them first (pain 34)
--SKIPIF--
<?php
if (!is_executable('/usr/bin/script')) { echo 'skip needs script (util-linux)'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['', 'pcntl_async_signals(true); pcntl_signal(SIGINT, fn() => tell("handled"));'] as $handler) {
    $file = tempnam(sys_get_temp_dir(), 'async');
    $told = tempnam(sys_get_temp_dir(), 'async'); // script(1) may lose what a terminal was sent last
    file_put_contents($file, '<?php use function Async\{async, await}; require ' . var_export(realpath(__DIR__ . '/../../support/sync.php'), true) . ';'
        . 'function tell($line) { file_put_contents(' . var_export($told, true) . ', "$line\n", FILE_APPEND); }'
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
            tell($future->error()::class);
        }');
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
    unlink($file);
    unlink($told);
}
?>
--EXPECT--
exit 130
handled
Async\ProcessDiedException
Async\ProcessDiedException
Async\ProcessDiedException
exit 0
