--TEST--
A process that waits for a lock looks after its children: it fetches what they have, starts what is queued, runs handlers
--FILE--
<?php
use Async\{Counter, Mutex, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$mutex = new Mutex();
$gate = new Gate();
$pool = Pool::create()->concurrency(1);
// The lock comes back only when the one slot has been free twice, and the results in memory have been fetched.
$done = new Counter();
$holder = async(function () use ($mutex, $gate, $done) {
    $mutex->acquire();
    $gate->open();
    $until = microtime(true) + PATIENCE;
    while ($done->get() === 0 && microtime(true) < $until) {
        usleep(500);
    }
    $mutex->release();
    return $done->get();
});
$holder->start();
$gate->pass();
$handled = [];
foreach (['large', 'larger'] as $i => $key) {
    $pool[$key] = async(fn() => str_repeat('x', 1 << (20 + $i)))->then(function ($value) use (&$handled, $key) {
        $handled[$key] = strlen($value);
    });
}
$pool['last'] = async(fn() => $done->add())->then(function () use (&$handled) {
    $handled['last'] = true;
});
$mutex->acquire(PATIENCE + 10);
$mutex->release();
await($pool);
echo await($holder), ' ', json_encode($handled), "\n";
?>
--EXPECT--
1 {"large":1048576,"larger":2097152,"last":true}
