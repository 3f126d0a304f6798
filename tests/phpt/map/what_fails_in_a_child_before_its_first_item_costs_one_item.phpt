--TEST--
What fails in a child before its first item costs one item for each child, and there is an end to it
--FILE--
<?php
use Async\Pool;

final class Item
{
    public static int $home;

    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void
    {
        getmypid() === self::$home || exit(3);
    }
}
Item::$home = getmypid();

function outcomes(Pool $pool, iterable $items): string
{
    $classes = [];
    for ($results = $pool->map($items, fn($item) => 'value'); $results->valid(); $results->next()) {
        try {
            $classes[] = $results->current();
        } catch (Throwable $e) {
            $classes[] = $e::class;
        }
    }
    return json_encode(array_count_values($classes));
}

function generated(iterable $items): Generator
{
    yield from $items;
}

$hooks = [
    'throws' => fn() => throw new DomainException('hook'),
    'exits' => fn() => exit(3),
    'kills' => fn() => posix_kill(getmypid(), SIGKILL),
];
foreach ($hooks as $name => $hook) {
    foreach ([range(1, 30), generated(range(1, 30))] as $items) {
        echo "$name: ", outcomes(Pool::create()->concurrency(2)->onFork(child: $hook), $items), "\n";
    }
}
// The child is there before the items are, so that they are sent.
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
$pool->add(fn() => 1)->await();
echo 'exits while it opens them: ', outcomes($pool, generated(array_map(fn() => new Item(), range(1, 30)))), "\n";
?>
--EXPECT--
throws: {"DomainException":30}
throws: {"DomainException":30}
exits: {"Async\\ProcessDiedException":30}
exits: {"Async\\ProcessDiedException":30}
kills: {"Async\\ProcessDiedException":30}
kills: {"Async\\ProcessDiedException":30}
exits while it opens them: {"value":30}
