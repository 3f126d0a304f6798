--TEST--
A task that closes every descriptor and returns is a death, one that stays runs out of time; the pool goes on
--EXTENSIONS--
ffi
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

function close_all(): void
{
    $c = FFI::cdef('int close(int fd);');
    for ($fd = 0; $fd < 1024; $fd++) {
        $c->close($fd);
    }
}

$pool = Pool::create()->concurrency(2);
$pool['returns'] = function () { close_all(); return 'never heard'; };
$pool['stays'] = Async\async(function () { close_all(); while (true) { sleep(60); } })->timeout(0.2);
$pool['after'] = fn() => 'fine';
foreach (settle($pool) as $name => $future) {
    echo $name, ': ', $future->error() === null ? $future->await() : $future->error()::class, "\n";
}
?>
--EXPECT--
returns: Async\ProcessDiedException
stays: Async\TimeoutException
after: fine
