--TEST--
A warm worker keeps the files open that one task left open for the next, and closes them at its end (pain 11)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$directory = sys_get_temp_dir() . '/async-kept-' . getmypid();
mkdir($directory);
echo php(<<<'PHP'
    function append(int $i): string {
        static $file = null;
        $file ??= tmpfile();
        fwrite($file, "$i.");
        rewind($file);
        return stream_get_contents($file);
    }
    $pool = Pool::create()->concurrency(1)->tasksPerChild(0);
    foreach (range(1, 3) as $i) {
        $pool[] = fn() => append($i);
    }
    echo implode(', ', await($pool)), "\n";
    unset($pool);
    PHP, "-d sys_temp_dir=$directory");
echo count(glob("$directory/*")), "\n";
array_map('unlink', glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
1., 1.2., 1.2.3.
exit 0
0
