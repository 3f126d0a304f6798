--TEST--
A result that the parent's memory_limit has no room for is a ProtocolException that names both sizes; the parent goes on
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--INI--
memory_limit=64M
--FILE--
<?php
use Async\{Pool, ProtocolException, Status};
use function Async\settle;

final class Listed
{
    public function __construct(private array $items) {}

    public function __serialize(): array
    {
        return $this->items;
    }

    public function __unserialize(array $items): void
    {
        $this->items = $items;
    }
}

final class Loud
{
    public function __construct(private int $parent) {}

    public function __destruct()
    {
        if (getmypid() === $this->parent) {
            echo "a destructor of what nobody has seen\n";
        }
    }
}

$parent = getmypid();
$large = [
    'a string' => fn() => str_repeat('x', 100 << 20),
    'numbers' => fn() => range(1, 4_500_000),
    'strings' => fn() => array_map(fn(int $i) => "string $i", range(1, 1_500_000)),
    'lists that take little on the way' => fn() => array_map(fn() => [[]], range(1, 400_000)),
    'rows' => fn() => array_map(fn(int $i) => ['id' => $i, 'name' => "name $i"], range(1, 300_000)),
    'objects' => fn() => [new Loud($parent), array_map(fn(int $i) => (object) ['id' => $i], range(1, 300_000))],
    'by methods of its own' => fn() => [new Loud($parent), new Listed(range(1, 4_500_000))],
    'thrown' => fn() => throw new Exception(str_repeat('m', 100 << 20)),
];
$fitting = [
    'a fitting string' => fn() => str_repeat('x', 30 << 20),
    'fitting numbers' => fn() => range(1, 900_000),
    'fitting, by methods of its own' => fn() => new Listed(range(1, 400_000)),
    'small' => fn() => 'small',
];

function told(?Throwable $e): string
{
    $sizes = '/ its \d+ bytes take more memory than the \d+ bytes that memory_limit leaves/';
    return match (true) {
        $e === null => 'a value',
        $e instanceof ProtocolException && preg_match($sizes, $e->getMessage()) === 1 => 'no room',
        default => $e::class . ': ' . substr($e->getMessage(), 0, 200),
    };
}

foreach (['children of their own' => 1, 'warm workers' => 0] as $where => $tasks) {
    $pool = (new Pool())->memoryLimit('-1')->concurrency(1)->tasksPerChild($tasks);
    foreach ([...$large, ...$fitting] as $what => $work) {
        $future = settle([$pool->add($work)])[0];
        $told = told($future->error());
        if ($told !== (isset($large[$what]) ? 'no room' : 'a value') || ($future->status() === Status::Succeeded) !== isset($fitting[$what])) {
            echo "$where, $what: $told, ", $future->status()->name, "\n";
        }
        unset($future);
        $pool->clearFinished();
    }
    echo $where, ": as it should be\n";
}

$map = (new Pool())->memoryLimit('-1')->map([...$large, ...$fitting], fn(Closure $work) => $work());
for (; $map->valid(); $map->next()) {
    $what = $map->key();
    try {
        $map->current();
        $told = 'a value';
    } catch (Exception $e) {
        $told = told($e);
        unset($e);
    }
    if ($told !== (isset($large[$what]) ? 'no room' : 'a value')) {
        echo "a map, $what: $told\n";
    }
}
echo "a map: as it should be\n";

// Nothing more is to be had from the system, but there is room between what is in use.
gc_collect_cycles();
gc_mem_caches();
$hole = str_repeat('h', 600_000);
ini_set('memory_limit', (string) memory_get_usage(true));
unset($hole);
$pool = (new Pool())->memoryLimit('-1');
foreach (['fits' => 300_000, 'just sent' => 60_000, 'does not' => 3_000_000] as $what => $length) {
    echo "$what: ", told(settle([$pool->add(fn() => str_repeat('x', $length))])[0]->error()), "\n";
}
echo 'limit and use: ', (int) ini_get('memory_limit') === memory_get_usage(true) ? 'as before' : 'OTHERWISE', "\n";
?>
--EXPECT--
children of their own: as it should be
warm workers: as it should be
a map: as it should be
fits: a value
just sent: a value
does not: no room
limit and use: as before
