--TEST--
Files that a task opens after another has closed every descriptor of their child have nothing in them that it did not write
--EXTENSIONS--
ffi
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$directory = sys_get_temp_dir() . '/async_' . getmypid();
mkdir($directory);
posix_mkfifo("$directory/begun", 0600);

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
await($pool->add(fn() => 0));
$pool['closes'] = function () {
    $c = FFI::cdef('int close(int fd);');
    for ($fd = 0; $fd < 1024; $fd++) {
        $c->close($fd);
    }
    return getmypid();
};
$pool['opens'] = function () use ($directory) {
    for ($i = 0; $i < 64; $i++) {
        $GLOBALS['open'][] = fopen("$directory/$i", 'w');
    }
    fopen("$directory/begun", 'w');
    usleep(50_000); // its parent sleeps by then
    return getmypid();
};
fopen("$directory/begun", 'r'); // nobody listens when the first one ends: its child has no reason to ring
$values = await($pool);
check('both in one child', $values['closes'] === $values['opens'], $values);
ended($values['opens']);
check('nothing in the files', array_sum(array_map(filesize(...), glob("$directory/[0-9]*"))) === 0);
array_map(unlink(...), glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
both in one child: yes
nothing in the files: yes
