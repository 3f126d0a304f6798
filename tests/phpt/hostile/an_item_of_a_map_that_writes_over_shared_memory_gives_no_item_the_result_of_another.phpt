--TEST--
An item of a map that writes over the memory that children share with their parent costs items: each is given once, none has the result of another, and the parent goes on
--EXTENSIONS--
ffi
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$program = var_export(__DIR__ . '/../../support/scribble.php', true);
foreach (array_chunk([...range(1, 11), 268], 4) as $seeds) {
    foreach ($seeds as $seed) { // a program that hangs is killed, and says so
        $scripts[$seed] = new Script("require $program; scribble_map_program($seed);");
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
