--TEST--
Code that is called while a map or a pool starts something may wait for the pool: for what was posted so far there are workers
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

pcntl_alarm(30); // ends a script that waits for ever

final class Last
{
    public function __construct(private Closure $does)
    {
    }

    public function __destruct()
    {
        ($this->does)();
    }
}

final class Written
{
    public function __construct(public int $n, private Closure $does)
    {
    }

    public function __serialize(): array
    {
        ($this->does)();
        return [$this->n];
    }

    public function __unserialize(array $data): void
    {
        [$this->n] = $data;
    }
}

function show(string $what, iterable $results): void
{
    echo $what, ': ', implode(' ', is_array($results) ? $results : iterator_to_array($results)), "\n";
}

foreach (['wait', 'await', 'foreach', 'tick'] as $way) {
    foreach ([false, true] as $another) {
        $pool = Pool::create()->concurrency(2);
        $waits = function () use ($pool, $way, $another) {
            if ($another) {
                await(async(fn() => 1)->start());
            }
            switch ($way) {
                case 'wait':
                    $pool->wait();
                    break;
                case 'await':
                    await($pool);
                    break;
                case 'foreach':
                    foreach ($pool as $future);
                    break;
                case 'tick':
                    $pool->wait(fn() => false);
                    break;
            }
        };
        $source = function () use ($waits) {
            $last = new Last($waits);
            yield 1;
            yield 2;
            $waits();
            yield 3;
        };
        show("$way, in the source", $pool->map($source(), fn(int $n) => $n * 2));
    }
}

// An item is serialized while those before it are posted.
$pool = Pool::create()->concurrency(1);
$source = function () use ($pool) {
    for ($n = 1; $n < 5; $n++) {
        yield new Written($n, function () use ($pool) {
            try {
                $pool->wait();
            } catch (Async\AsyncError $e) {
                $GLOBALS['told'] = true; // the item itself is not there yet
            }
        });
    }
};
show('in an item', $pool->map($source(), fn(Written $item) => $item->n * 2));
var_dump($told);

// A task is serialized again while another one is posted, and the only worker has died.
$pool = Pool::create()->concurrency(1)->tasksPerChild(0)->retry(1);
$died = tempnam(sys_get_temp_dir(), 'died');
$written = new Written(3, function () use (&$other) {
    $other === null || print('in a task: ' . await($other) . "\n");
});
$gate = new Gate();
$pool->add(function () use ($died, $written) {
    if (is_file($died)) {
        $GLOBALS['gate']->pass(); // a gate that it holds would not be sent
        unlink($died);
        posix_kill(getmypid(), SIGKILL);
    }
    return $written->n;
});
$other = $pool->add(fn() => 'other');
$gate->open();
show('of the pool', await($pool));

// A hook is called for a task, and waits for one that is started next.
$pool = Pool::create()->concurrency(1);
$gate = new Gate();
$pool->add(fn() => $gate->pass());
$pool->add(fn() => $gate->pass());
$second = $pool->add(fn() => 'second');
$pool->onFork(parent: function () use ($second, $gate) {
    static $once = 0;
    if (!$once++) {
        echo 'in a hook: ', await($second), "\n";
        $gate->open(2);
    }
});
$pool->concurrency(3);
show('of the pool', array_slice(await($pool), 1));
?>
--EXPECT--
wait, in the source: 2 4 6
wait, in the source: 2 4 6
await, in the source: 2 4 6
await, in the source: 2 4 6
foreach, in the source: 2 4 6
foreach, in the source: 2 4 6
tick, in the source: 2 4 6
tick, in the source: 2 4 6
in an item: 2 4 6 8
bool(true)
in a task: other
of the pool: 3 other
in a hook: second
of the pool:  second