--TEST--
What output_buffering of php.ini holds is printed once, into a file too (pain 21)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'async');
passthru(php_command('-d output_buffering=4096 -d implicit_flush=0') . ' -r ' . escapeshellarg('
    echo "once\n";
    Async\await([Async\async(fn() => 1), Async\async(function () { echo "child\n"; })]);
    echo "end\n";
') . " > $file");
$lines = file($file, FILE_IGNORE_NEW_LINES);
sort($lines);
echo implode(' ', $lines), "\n";
unlink($file);
?>
--EXPECT--
child end once
