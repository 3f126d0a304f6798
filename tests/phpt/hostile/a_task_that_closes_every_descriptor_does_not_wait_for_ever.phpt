--TEST--
A task that closes every descriptor while tasks of its own run comes to its end, isolated or in a warm worker
--EXTENSIONS--
ffi
--FILE--
<?php
use Async\{Pool, ProcessDiedException};
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

foreach ([1, 0] as $tasks) {
    foreach ([1, 0] as $inner) {
        $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
        $pool['closes'] = function () use ($inner) {
            $own = Pool::create()->tasksPerChild($inner);
            $future = $own->add(function () { usleep(20_000); return 'inner'; })->start();
            $c = FFI::cdef('int close(int fd);');
            for ($fd = 0; $fd < 1024; $fd++) {
                $c->close($fd);
            }
            return settle([$future])[0]->status();
        };
        $pool['after'] = fn() => 'fine';
        foreach (settle($pool) as $name => $future) {
            echo $name, ': ', $future->error() instanceof ProcessDiedException ? 'died' : 'a value', "\n";
        }
    }
}
?>
--EXPECT--
closes: died
after: a value
closes: died
after: a value
closes: a value
after: a value
closes: a value
after: a value
