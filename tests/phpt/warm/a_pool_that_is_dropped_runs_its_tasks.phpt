--TEST--
The tasks of a pool that is dropped while its children run them run all the same, and the end of the script waits
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'async');
echo php('
    (function () {
        $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
        for ($i = 0; $i < 50; $i++) {
            $pool[] = fn() => file_put_contents("' . $file . '", "$i\n", FILE_APPEND | LOCK_EX);
        }
    })();
    echo "the script\'s end";
');
echo count(file($file)), ' of ', count(array_unique(file($file))), "\n";
unlink($file);
?>
--EXPECT--
the script's end
exit 0
50 of 50
