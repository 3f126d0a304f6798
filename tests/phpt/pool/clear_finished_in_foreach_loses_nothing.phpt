--TEST--
clearFinished() takes nothing away from under a foreach: what has ended is given, and goes after that
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** A pool of some tasks that have all ended. */
function all_ended(int $count): Pool
{
    $pool = new Pool();
    for ($i = 0; $i < $count; $i++) {
        $pool[] = static fn() => $i;
    }
    $pool->wait();
    return $pool;
}

// All have ended when the first is given.
$pool = all_ended(5);
$seen = [];
foreach ($pool as $key => $future) {
    $seen[] = "$key: " . await($future);
    $pool->clearFinished();
}
sort($seen);
echo json_encode($seen), ' ', count($pool), "\n";

// A sliding window: a new task for each that has ended.
$pool = Pool::create()->concurrency(4);
$added = 0;
$add = function () use ($pool, &$added) {
    $i = $added++;
    $pool[] = static fn() => $i;
};
for ($i = 0; $i < 4; $i++) {
    $add();
}
$seen = [];
foreach ($pool as $key => $future) {
    $seen[] = await($future);
    $others = array_diff($pool->keys(), [$key]);
    await(array_map(static fn($key) => $pool[$key], $others)); // so that there is something to be lost
    $pool->clearFinished();
    if ($added < 12) {
        $add();
    }
}
sort($seen);
echo json_encode($seen), "\n";

// Several loops at once, one of which is left; what was cleared before a loop began is not in it.
$pool = all_ended(3);
$first = $pool->getIterator();
$second = $pool->getIterator();
$never = $pool->getIterator();
$first->rewind();
$second->rewind();
$second->next();
$pool->clearFinished();
$pool['new'] = fn() => 'new';
$keys = function (Iterator $iterator) {
    for ($keys = []; $iterator->valid(); $iterator->next()) {
        $keys[] = $iterator->key();
    }
    return json_encode($keys);
};
echo count(json_decode($keys($second))), ' ', count(json_decode($keys($first))), ' ';
$never->rewind();
echo $keys($never), ' ';
$first->rewind();
echo $keys($first), "\n";

// What is taken out is not given.
$pool = all_ended(3);
$keys = [];
foreach ($pool as $key => $future) {
    $keys[] = $key;
    unset($pool[($key + 1) % 3]);
    $pool->clearFinished();
}
echo count($keys), "\n";

// Nothing is kept for a loop that is over, was left, or has given it.
$pool = all_ended(3);
$iterator = $pool->getIterator();
$iterator->rewind();
$future = $pool[$iterator->key() === 0 ? 1 : 0];
$kept = WeakReference::create($future);
unset($future);
$pool->clearFinished();
check('kept for the loop', $kept->get() !== null);
unset($iterator);
check('gone with the iterator', $kept->get() === null);

$pool = all_ended(3);
$iterator = $pool->getIterator();
$iterator->rewind();
$kept = WeakReference::create($iterator->current());
$pool->clearFinished();
$iterator->next();
check('gone when it was given', $kept->get() === null);
$iterator->next();
$iterator->next();
check('at the end', !$iterator->valid());
$pool[] = static fn() => 'last';
$pool->wait();
$kept = WeakReference::create($pool[3]);
$pool->clearFinished();
check('not kept for one at its end', $kept->get() === null);

// Nor for a pool that goes while it is walked along.
$pool = all_ended(3);
$kept = WeakReference::create($pool[2]);
$iterator = $pool->getIterator();
$iterator->rewind();
$pool->clearFinished();
unset($pool, $iterator, $future);
check('gone with the pool', $kept->get() === null);
?>
--EXPECT--
["0: 0","1: 1","2: 2","3: 3","4: 4"] 0
[0,1,2,3,4,5,6,7,8,9,10,11]
3 4 ["new"] ["new"]
2
kept for the loop: yes
gone with the iterator: yes
gone when it was given: yes
at the end: yes
not kept for one at its end: yes
gone with the pool: yes
