--TEST--
Files that a task opens after it has closed every descriptor of a warm worker have nothing in them that it did not write
--EXTENSIONS--
ffi
posix
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$directory = sys_get_temp_dir() . '/async_' . getmypid();
mkdir($directory);
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$child = await($pool->add(function () use ($directory) {
    $c = FFI::cdef('int close(int fd);');
    for ($fd = 0; $fd < 1024; $fd++) {
        $c->close($fd);
    }
    for ($i = 0; $i < 64; $i++) {
        $GLOBALS['open'][] = fopen("$directory/$i", 'w');
    }
    in_state(posix_getppid(), 'S'); // it has to be woken
    return getmypid();
}));
ended($child);
$files = glob("$directory/*");
check('all are there, and empty', count($files) === 64 && array_sum(array_map(filesize(...), $files)) === 0);
array_map(unlink(...), $files);
rmdir($directory);
?>
--EXPECT--
all are there, and empty: yes
