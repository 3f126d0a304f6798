--TEST--
A task that writes garbage to every descriptor is a ProtocolException at once, and ended, although it would stay; the pool goes on
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

/** To every descriptor but those that the test's own surroundings have. */
function litter(array $inherited): void
{
    foreach (array_diff(scandir('/proc/self/fd'), $inherited) as $fd) {
        $stream = @fopen("php://fd/$fd", 'r+');
        if ($stream) {
            stream_set_blocking($stream, false);
            @fwrite($stream, str_repeat("garbage\n", 100));
        }
    }
}

$inherited = scandir('/proc/self/fd');
$pool = Pool::create()->concurrency(2);
$stream = $pool->stream();
$pool['returns'] = function () use ($inherited) { litter($inherited); return 'a value'; };
$pool['stays'] = function () use ($inherited) { litter($inherited); while (true) { sleep(60); } };
$pool['ignores SIGTERM'] = function () use ($inherited) {
    pcntl_signal(SIGTERM, SIG_IGN);
    litter($inherited);
    while (true) { sleep(60); }
};
$pool['after'] = fn() => 'fine';
foreach (settle($pool) as $name => $future) {
    ended($future->pid());
    echo $name, ': ', $future->error() === null ? $future->await() : $future->error()::class, "\n";
}
?>
--EXPECT--
returns: Async\ProtocolException
stays: Async\ProtocolException
ignores SIGTERM: Async\ProtocolException
after: fine
