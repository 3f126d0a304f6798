--TEST--
A task that writes garbage to the pipe of a child that stays is a ProtocolException, and that child is ended; the pool goes on
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$inherited = scandir('/proc/self/fd');
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pool['before'] = fn() => getmypid();
$pool['stays'] = function () use ($inherited) {
    foreach (array_diff(scandir('/proc/self/fd'), $inherited) as $fd) {
        if (str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'pipe:')) {
            file_put_contents("php://fd/$fd", str_repeat("garbage\n", 100));
        }
    }
    pcntl_signal(SIGTERM, SIG_IGN);
    while (true) { sleep(60); }
};
$pool['after'] = fn() => 'fine';
foreach (settle($pool) as $name => $future) {
    echo $name, ': ', $future->error() === null ? (is_int($future->await()) ? 'a value' : $future->await()) : $future->error()::class, "\n";
}
ended($pool['before']->await());
?>
--EXPECT--
before: a value
stays: Async\ProtocolException
after: fine
