--TEST--
A source of a map may throw in any of its methods, in a generator inside it, or in its destructor; what it throws comes when the walk gets there, once
--FILE--
<?php
use Async\Pool;
use function Async\map;

require __DIR__ . '/../../support/sync.php';

/** Gives 0 to 4, and throws in one method when it is there. */
final class Throwing implements Iterator
{
    public static int $released = 0;
    private int $at = 0;

    public function __construct(private readonly string $where, private readonly int $when)
    {
    }

    private function pass(string $where): void
    {
        if ($where === $this->where && $this->at === $this->when) {
            throw new LogicException("$where at $this->at");
        }
    }

    public function rewind(): void
    {
        $this->pass('rewind');
    }

    public function valid(): bool
    {
        $this->pass('valid');
        return $this->at < 5;
    }

    public function current(): int
    {
        $this->pass('current');
        return $this->at;
    }

    public function key(): string
    {
        $this->pass('key');
        return "k$this->at";
    }

    public function next(): void
    {
        $this->pass('next');
        $this->at++;
    }

    public function __destruct()
    {
        self::$released++;
        $this->pass('destructor');
    }
}

/** Nobody but the map has a reference to the iterator. */
final class Makes implements IteratorAggregate
{
    public function __construct(private readonly Closure $make)
    {
    }

    public function getIterator(): Iterator
    {
        return ($this->make)();
    }
}

function walk(iterable $source): string
{
    $results = Pool::create()->concurrency(2)->map($source, fn(int $x) => $x * 10);
    $seen = [];
    $thrown = told(function () use ($results, &$seen) {
        foreach ($results as $key => $x) {
            $seen[] = "$key=$x";
        }
    });
    return implode(' ', [...$seen, $thrown, 'valid:' . json_encode($results->valid())]);
}

function nested(int $depth): iterable
{
    yield $depth;
    if ($depth === 3) {
        throw new LogicException('nested');
    }
    yield from nested($depth + 1);
    yield 'never';
}

foreach (['rewind' => 0, 'valid' => 0, 'current' => 0, 'key' => 0, 'next' => 0] as $where => $when) {
    echo walk(new Makes(fn() => new Throwing($where, $when))), "\n";
}
foreach (['valid' => 5, 'current' => 3, 'key' => 3, 'next' => 3, 'destructor' => 5] as $where => $when) {
    echo walk(new Makes(fn() => new Throwing($where, $when))), "\n";
}
echo 'released: ', Throwing::$released, "\n";
echo walk(new Makes(fn() => throw new LogicException('getIterator'))), "\n";
echo walk(nested(0)), "\n";
$closed = (fn() => yield 1)();
foreach ($closed as $_) {
}
echo walk($closed), "\n";

echo told(fn() => map(new Throwing('key', 3), fn(int $x) => $x)), "\n";
$e = failure(fn() => map(new Throwing('key', 3), fn(int $x) => $x > 0 ? throw new DomainException("item $x") : $x));
echo get_class($e), ': ', $e->getMessage(), '; before: ', get_class($e->getPrevious()), ': ', $e->getPrevious()->getMessage(), "\n";
?>
--EXPECT--
LogicException: rewind at 0 valid:false
LogicException: valid at 0 valid:false
LogicException: current at 0 valid:false
LogicException: key at 0 valid:false
k0=0 LogicException: next at 0 valid:false
k0=0 k1=10 k2=20 k3=30 k4=40 LogicException: valid at 5 valid:false
k0=0 k1=10 k2=20 LogicException: current at 3 valid:false
k0=0 k1=10 k2=20 LogicException: key at 3 valid:false
k0=0 k1=10 k2=20 k3=30 LogicException: next at 3 valid:false
k0=0 k1=10 k2=20 k3=30 k4=40 LogicException: destructor at 5 valid:false
released: 10
LogicException: getIterator valid:false
0=0 0=10 0=20 0=30 LogicException: nested valid:false
Exception: Cannot traverse an already closed generator valid:false
LogicException: key at 3
DomainException: item 1; before: LogicException: key at 3
