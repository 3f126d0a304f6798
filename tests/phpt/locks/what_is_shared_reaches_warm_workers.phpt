--TEST--
Tasks that are bound to what is shared are sent to warm workers that were forked later, and fork one where all are older
--FILE--
<?php
use Async\{Counter, Mutex, NotSerializableException, Pool, Route, Semaphore, Shared};
use function Async\{await, map};

require __DIR__ . '/../../support/sync.php';

final class Service
{
    public function __construct(public readonly Mutex $mutex, public readonly array $others)
    {
    }

    public function add(int $by): int
    {
        [$semaphore, $counter, $shared] = $this->others;
        return $this->mutex->synchronized(fn() => $semaphore->synchronized(function () use ($counter, $shared, $by) {
            $shared->update(fn($list) => [...$list, $by]);
            return $counter->add($by);
        }));
    }
}

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$older = await($pool->add(fn() => getmypid()));
$mutex = new Mutex();
$service = new Service($mutex, [new Semaphore(1), new Counter(), new Shared([])]);
$pids = [];
$routes = [];
for ($i = 1; $i <= 4; $i++) {
    $future = $pool->add(function () use ($service, $mutex, $i) {
        // They are the same lock.
        $both = !$mutex->tryAcquire() || !$service->mutex->tryAcquire();
        $mutex->release();
        return [getmypid(), $service->add($i), $both];
    });
    [$pids[], $sum, $both] = await($future);
    $routes[] = $future->route()->name;
    $both or print("not the same lock\n");
}
check('one worker, forked for it', count(array_unique($pids)) === 1 && $pids[0] !== $older);
check('sent', in_array(Route::Sent->name, $routes, true) && count(array_unique(array_slice($routes, 1))) === 1);
check('done', $sum === 10 && $service->others[2]->get() === [1, 2, 3, 4]);

// One that the parent has let go of in the meantime, and one that only a task has made.
$future = (function () use ($pool) {
    $counter = new Counter(5);
    return $pool->add(fn() => $counter->add());
})();
check('let go', await($future) === 6);
try {
    await($pool->add(fn() => new Counter()));
} catch (NotSerializableException $e) {
    echo $e::class, "\n";
}

// Items of a map, of which those that come later are sent.
$items = (function () use ($service) {
    for ($i = 0; $i < 50; $i++) {
        yield [$service, $i];
    }
})();
check('items', array_sum(array_map('is_int', map($items, fn(array $item) => $item[0]->add($item[1]), 2))) === 50);
check('sum', $service->others[1]->get() === 10 + 49 * 25);
?>
--EXPECT--
one worker, forked for it: yes
sent: yes
done: yes
let go: yes
Async\NotSerializableException
items: yes
sum: yes
