--TEST--
A collection in hooks, handlers, destructors, serialization and iterators takes nothing that is still needed
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

/** Collects, and lets others take the place of what was released. */
function collect(): void
{
    gc_collect_cycles();
    $GLOBALS['junk'] = array_map(fn($n) => [str_repeat('x', 200), new ArrayObject(), fn() => print("wrong\n")], range(1, 50));
    gc_collect_cycles();
}

final class Noisy
{
    public ?Noisy $self;

    public function __construct(public int $n)
    {
        $this->self = $this;
    }

    public function __serialize(): array
    {
        collect();
        return [$this->n];
    }

    public function __unserialize(array $data): void
    {
        [$this->n] = $data;
        $this->self = $this;
        collect();
    }

    public function __destruct()
    {
        collect();
    }
}

$sums = ['then' => 0, 'finally' => 0, 'hook' => 0, 'map' => 0];
foreach ([1, 0] as $tasks) {
    for ($round = 0; $round < 5; $round++) {
        (function () use ($tasks, &$sums) {
            $pool = Pool::create()->concurrency(2)->tasksPerChild($tasks);
            $pool->onFork(parent: function () use ($pool, &$sums) {
                collect();
                $sums['hook'] = 1;
            });
            for ($n = 0; $n < 3; $n++) {
                $noisy = new Noisy($n);
                $future = $pool->add(fn() => new Noisy($noisy->n));
                $future->then(function (Noisy $value) use (&$future, $pool, &$sums) {
                    collect();
                    $sums['then'] += $value->n;
                    return $value;
                })->finally(function () use ($future, &$sums) {
                    collect();
                    $sums['finally']++;
                });
                unset($future);
            }
            await($pool);
            $iterator = $pool->map((function () use (&$iterator) {
                foreach ([4, 5, 6] as $n) {
                    collect();
                    yield new Noisy($n) => new Noisy($n);
                }
            })(), fn(Noisy $noisy) => $noisy);
            foreach ($iterator as $noisy) {
                collect();
                $sums['map'] += $noisy->n;
            }
        })();
    }
    // What nobody has waited for.
    for ($round = 0; $round < 5; $round++) {
        $future = async(fn() => new Noisy(7));
        $future->then(function (Noisy $value) use (&$future, &$sums) {
            collect();
            $sums['then'] += $value->n;
        });
        $future = null;
        collect();
    }
}
while ($sums['then'] < 2 * (5 * 3 + 5 * 7)) {
    collect();
    await(async(fn() => null));
}
print_r($sums);
collect();
?>
--EXPECT--
Array
(
    [then] => 100
    [finally] => 30
    [hook] => 1
    [map] => 150
)
