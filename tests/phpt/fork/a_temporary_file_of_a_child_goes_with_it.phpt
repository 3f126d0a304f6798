--TEST--
A temporary file that a child made and kept goes with the child, however its task ends (pain 11)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$directory = sys_get_temp_dir() . '/async-temporary-' . getmypid();
mkdir($directory);
echo php(<<<'PHP'
    $make = function () {
        $GLOBALS['kept'] = [tmpfile(), fopen('php://temp/maxmemory:1', 'w+'), new SplTempFileObject(1)];
        fwrite($GLOBALS['kept'][1], 'more than fits');
        $GLOBALS['kept'][2]->fwrite('more than fits');
        return count(glob(sys_get_temp_dir() . '/*'));
    };
    foreach ([fn() => $make(), fn() => throw new DomainException($make()), fn() => exit($make())] as $task) {
        $future = async($task);
        settle([$future]);
        echo count(glob(sys_get_temp_dir() . '/*')), "\n";
    }
    PHP, "-d sys_temp_dir=$directory");
array_map('unlink', glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
0
0
0
exit 0
