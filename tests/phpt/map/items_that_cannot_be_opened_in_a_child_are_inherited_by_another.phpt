--TEST--
Items that were sent and cannot be opened in a child are given to one that inherits them: none is lost, and their order is kept
--FILE--
<?php
use Async\Pool;

final class Local
{
    public static int $home;

    public function __construct(public int $n)
    {
    }

    public function __serialize(): array
    {
        return [$this->n];
    }

    public function __unserialize(array $data): void
    {
        if (getmypid() !== self::$home) {
            throw new LogicException('only at home');
        }
        $this->n = $data[0];
    }
}

function items(int $count): Generator
{
    for ($i = 0; $i < $count; $i++) {
        yield $i => $i < 40 ? $i : new Local($i);
    }
}

Local::$home = getmypid();
$fn = fn (int|Local $item): int => is_int($item) ? $item : $item->n;
foreach ([1, 2] as $children) {
    foreach ([41, 45, 60, 150] as $count) {
        $results = iterator_to_array(Pool::create()->concurrency($children)->map(items($count), $fn));
        echo $results === range(0, $count - 1) ? 'all in order' : json_encode($results), "\n";
    }
}
$results = iterator_to_array(Pool::create()->concurrency(2)->map(items(150), $fn, false));
ksort($results);
echo $results === range(0, 149) ? 'all' : json_encode($results), "\n";
?>
--EXPECT--
all in order
all in order
all in order
all in order
all in order
all in order
all in order
all in order
all
