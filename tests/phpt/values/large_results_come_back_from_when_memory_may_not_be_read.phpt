--TEST--
Large results come back as they were from the moment on when the memory of children may not be read any more
--EXTENSIONS--
ffi
--SKIPIF--
<?php
require __DIR__ . '/../../support/rights.php';
if ($why = no_filter()) {
    die("skip $why");
}
?>
--INI--
memory_limit=-1
--FILE--
<?php
use Async\Pool;
use function Async\{map, settle};

require __DIR__ . '/../../support/rights.php';

final class Failure extends Exception {}

final class Listed
{
    public function __construct(public array $items) {}

    public function __serialize(): array
    {
        return $this->items;
    }

    public function __unserialize(array $items): void
    {
        $this->items = $items;
    }
}

$made = [
    'just sent' => fn() => str_repeat('x', 65_535),
    'just lent' => fn() => str_repeat('y', 65_536),
    'long' => fn() => str_repeat('0123456789abcdef', 1 << 19),
    'numbers' => fn() => range(1, 1_500_000),
    'strings' => fn() => array_map(fn(int $i) => str_repeat((string) $i, 40), range(1, 30_000)),
    'by its own methods' => fn() => new Listed(range(1, 50_000)),
    'nothing much' => fn() => 7,
    'thrown' => fn() => throw new Failure(str_repeat('f', 1 << 20)),
];

function compare(string $where, array $results): void
{
    global $made;
    foreach ($results as $what => $result) {
        $expected = $what === 'thrown' ? str_repeat('f', 1 << 20) : $made[$what]();
        if ($result != $expected) {
            echo "$where, $what: ", $result instanceof Throwable ? $result::class . ': ' . $result->getMessage() : get_debug_type($result), "\n";
        }
    }
    echo $where, ': ', count($results), " compared\n";
}

function run(string $where, Pool $pool, int $times = 1): void
{
    global $made;
    for ($i = 0; $i < $times; $i++) {
        foreach ($made as $what => $work) {
            $pool["$what$i"] = $work;
        }
        $results = array_map(fn($future) => $future->error()?->getMessage() ?? $future->await(), settle($pool));
        compare($where, array_combine(array_keys($made), $results));
        $pool->clearFinished();
    }
}

$pool = fn(int $tasks) => Pool::create()->concurrency(2)->tasksPerChild($tasks)->timeout(30);
$stay = $pool(0);
run('in warm workers, when it may be read', $stay);
read_no_memory();
run('in the same children', $stay, 2);
run('in later ones', $pool(0));
run('in children of their own', $pool(1), 2);
run('run twice, as the first time failed', $pool(1)->retry(1));
$mapped = $made;
unset($mapped['thrown']);
compare('by a map', map($mapped, fn(Closure $work) => $work()));
?>
--EXPECT--
in warm workers, when it may be read: 8 compared
in the same children: 8 compared
in the same children: 8 compared
in later ones: 8 compared
in children of their own: 8 compared
in children of their own: 8 compared
run twice, as the first time failed: 8 compared
by a map: 7 compared
