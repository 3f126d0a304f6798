--TEST--
Destructors and shutdown functions of the parent run once, in the parent (pain 20)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'async');
echo php('
    final class Told { public function __destruct() { file_put_contents(' . var_export($file, true) . ', getmypid() . " object\n", FILE_APPEND); } }
    for ($i = 0; $i < 3; $i++) {
        register_shutdown_function(fn() => file_put_contents(' . var_export($file, true) . ', getmypid() . " shutdown\n", FILE_APPEND));
    }
    $objects = [];
    for ($i = 0; $i < 100; $i++) {
        $objects[] = new Told();
    }
    for ($i = 0; $i < 10; $i++) {
        settle([
            async(fn() => 1),
            async(fn() => throw new DomainException("x")),
            async(fn() => exit(0)),
            async(fn() => fn() => 1),
        ]);
    }
');
$lines = file($file, FILE_IGNORE_NEW_LINES);
echo count($lines), ' lines, by ', count(array_unique(array_map('intval', $lines))), " process\n";
unlink($file);
?>
--EXPECT--
exit 0
103 lines, by 1 process
