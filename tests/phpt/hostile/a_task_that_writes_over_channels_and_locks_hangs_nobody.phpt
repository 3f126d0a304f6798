--TEST--
A task that writes over what processes share (channels, locks, values, what tasks are asked and report) costs messages: nobody waits longer than he wants, and all failures are those of Async
--EXTENSIONS--
ffi
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$program = var_export(__DIR__ . '/../../support/scribble.php', true);
foreach (array_chunk(range(1, 20), 4) as $seeds) {
    foreach ($seeds as $seed) { // a program that hangs is killed, and says so
        $scripts[$seed] = new Script("require $program; scribble_channel_program($seed);");
    }
    foreach ($scripts as $seed => $script) {
        [$said, $exit] = [$script->rest(), $script->end()];
        $said === '' && $exit === 0 or print("seed $seed: exit $exit\n$said");
    }
    $scripts = [];
}
echo "done\n";
?>
--EXPECT--
done
