--TEST--
A task that writes garbage to every pipe of a warm worker has its value, and the child goes on
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$inherited = scandir('/proc/self/fd');
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pool['before'] = fn() => getmypid();
$pool['writes'] = function () use ($inherited) {
    $pipes = 0;
    foreach (array_diff(scandir('/proc/self/fd'), $inherited) as $fd) {
        if (str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'pipe:')) {
            @file_put_contents("php://fd/$fd", str_repeat("garbage\n", 100));
            $pipes++;
        }
    }
    return $pipes;
};
$pool['after'] = fn() => getmypid();
$values = await($pool);
check('there was one', $values['writes'] === 1, $values);
check('the child goes on', $values['before'] === $values['after'], $values);
?>
--EXPECT--
there was one: yes
the child goes on: yes
