--TEST--
An iterator of map() that a listener or a hook of its own pool refers to is collected together with the pool
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

final class Held
{
    public static int $gone = 0;

    public function __construct(private string $by)
    {
    }

    public function __destruct()
    {
        self::$gone++;
        echo "$this->by is gone\n";
    }
}

/** Collects, until the children have ended that the pool is kept for, and so many are gone. */
function collect(int $gone): void
{
    $any = Pool::create();
    for ($until = microtime(true) + PATIENCE; Held::$gone < $gone && microtime(true) < $until;) {
        $any->tick();
        gc_collect_cycles();
    }
}

$pool = Pool::create();
$held = new Held('the listener');
$iterator = $pool->map(range(1, 3), fn (int $item) => $item);
$pool->onMessage(function () use (&$iterator, $held) {
    $iterator->valid();
});
echo $iterator->current(), "\n";
unset($pool, $held);
gc_collect_cycles();
echo "-- the iterator is still here\n";
$iterator->next();
echo $iterator->current(), "\n";
unset($iterator);
collect(1);

echo "-- a hook that refers to the pool, too\n";
$pool = Pool::create();
$held = new Held('the hook');
$pool->onFork(parent: function () use (&$iterator, $pool, $held) {
});
$iterator = $pool->map(range(1, 3), fn (int $item) => $item);
echo json_encode(iterator_to_array($iterator)), "\n";
unset($held);
gc_collect_cycles();
echo "-- the pool is still here\n";
await($pool->add(fn () => 1));
unset($iterator);
gc_collect_cycles();
unset($pool);
collect(2);

echo "-- an iterator outlives the variable of its pool, and hooks run\n";
$pool = Pool::create()->concurrency(1);
$forks = 0;
$pool->onFork(parent: function () use (&$forks) {
    $forks++;
});
$iterator = $pool->map((function () {
    for ($i = 1; $i <= 3; $i++) {
        yield $i;
    }
})(), fn (int $item) => $item * 2);
unset($pool);
gc_collect_cycles();
echo json_encode(iterator_to_array($iterator)), ' ', $forks, "\n";
?>
--EXPECT--
1
-- the iterator is still here
2
the listener is gone
-- a hook that refers to the pool, too
[1,2,3]
-- the pool is still here
the hook is gone
-- an iterator outlives the variable of its pool, and hooks run
[2,4,6] 1
