--TEST--
A future that is part of a cycle is collected when nobody holds it any more, also when its task was the last to
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await};

/** Starts a task whose outcome leads back to its future, and keeps nothing. */
function started(?Pool $pool, Closure $handled, bool &$done): WeakReference
{
    $future = async(fn() => 1);
    $holder = new stdClass();
    $holder->future = $future;
    $handled($future, $holder)->finally(function () use (&$done) {
        gc_collect_cycles(); // forgets what it was told so far
        $done = true;
    });
    $pool?->add($future, 'key');
    return WeakReference::create($future);
}

$kinds = [
    'a value' => fn(Future $future, stdClass $holder) => $future->then(fn() => $holder),
    'a value in an array' => fn(Future $future, stdClass $holder) => $future->then(fn() => [[$holder]]),
    'a failure' => fn(Future $future, stdClass $holder) => $future->then(fn() => throw new class ($holder) extends Exception {
        public function __construct(public stdClass $holder) {}
    })->then(fn() => 0)->catch(fn(Exception $e) => $e),
];
foreach ([1, 0] as $tasks) {
    foreach ($kinds as $name => $handled) {
        $done = false;
        $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
        $weak = started($pool, $handled, $done);
        while (!$done) {
            await(async(fn() => null));
        }
        unset($pool);
        gc_collect_cycles();
        echo $name, ': ', $weak->get() === null ? 'collected' : 'left', "\n";
    }
}

foreach ($kinds as $name => $handled) {
    $done = false;
    $weak = started(null, $handled, $done);
    while (!$done) {
        await(async(fn() => null));
    }
    gc_collect_cycles();
    echo $name, ' without a pool: ', $weak->get() === null ? 'collected' : 'left', "\n";
}
?>
--EXPECT--
a value: collected
a value in an array: collected
a failure: collected
a value: collected
a value in an array: collected
a failure: collected
a value without a pool: collected
a value in an array without a pool: collected
a failure without a pool: collected
