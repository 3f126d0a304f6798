--TEST--
A map ends when its pool is stopped by its own source, its items, a handler, a signal, or another loop over it
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

/** An item that stops the pool when it is about to be sent. */
final class Stops
{
    public static ?Pool $pool = null;
    public static string $how = '';

    public function __serialize(): array
    {
        self::$pool?->{self::$how}();
        return [];
    }

    public function __unserialize(array $data): void
    {
    }
}

/** Whether there are few; they have to be in order. A child that is stopped may have come less far than the others. */
function results(Iterator $results): string
{
    $given = iterator_to_array($results);
    $values = array_values($given);
    sort($values);
    return array_keys($given) === $values && count($given) < 900 ? 'ended early' : json_encode($given);
}

foreach (['stop', 'cancel'] as $how) {
    $pool = Pool::create()->concurrency(2);
    $source = (function () use ($pool, $how) {
        for ($i = 0; $i < 1000; $i++) {
            if ($i === 100) {
                $pool->$how();
            }
            yield $i;
        }
    })();
    echo $how, ', the source: ', results($pool->map($source, fn(int $i) => $i)), ', ',
        $source->valid() && $source->key() <= 101 ? 'at 100' : 'all of it', "\n";

    Stops::$pool = Pool::create()->concurrency(2);
    Stops::$how = $how;
    $source = (function () {
        for ($i = 0; $i < 1000; $i++) {
            yield $i => $i === 100 ? new Stops() : $i;
        }
    })();
    echo $how, ', an item: ', results(Stops::$pool->map($source, fn(Stops|int $i) => is_int($i) ? $i : 100)), "\n";

    $gate = new Gate();
    $pool = Pool::create()->concurrency(2);
    async(fn() => 1)->then(function () use ($pool, $how, $gate) { $pool->$how(); $gate->open(2); })->start();
    echo $how, ', a handler: ', results($pool->map(range(0, 999), function (int $i) use ($gate) {
        if ($i > 100) {
            $gate->pass();
        }
        return $i;
    })), "\n";

    $pool = Pool::create()->concurrency(2);
    pcntl_async_signals(true);
    pcntl_signal(SIGUSR1, fn() => $pool->$how());
    $parent = getmypid();
    echo $how, ', a signal: ', results($pool->map(range(0, 999), function (int $i) use ($parent) {
        if ($i === 100) {
            posix_kill($parent, SIGUSR1);
        }
        usleep($i > 100 ? 5000 : 0);
        return $i;
    })), "\n";

    $pool = Pool::create()->concurrency(2);
    $outer = [];
    foreach ($pool->map(range(0, 999), fn(int $i) => $i) as $value) {
        $outer[] = $value;
        foreach ($pool->map(range(0, 999), fn(int $i) => $i) as $inner) {
            if (count($outer) === 2) {
                $pool->$how();
            }
        }
    }
    echo $how, ', a loop: ', $outer === range(0, count($outer) - 1) && count($outer) < 900 ? 'ended early' : json_encode($outer), "\n";
}
?>
--EXPECT--
stop, the source: ended early, at 100
stop, an item: ended early
stop, a handler: ended early
stop, a signal: ended early
stop, a loop: ended early
cancel, the source: ended early, at 100
cancel, an item: ended early
cancel, a handler: ended early
cancel, a signal: ended early
cancel, a loop: ended early
