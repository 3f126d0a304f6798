--TEST--
An iterator is walked as foreach does: it is not asked for more after its end
--FILE--
<?php
use Async\Pool;
use function Async\map;

final class Counting implements Iterator
{
    public string $log = '';
    private int $n = 0;

    public function current(): int
    {
        return $this->n;
    }

    public function key(): string
    {
        return "k$this->n";
    }

    public function next(): void
    {
        $this->log .= 'n';
        $this->n++;
    }

    public function rewind(): void
    {
        $this->log .= 'r';
    }

    public function valid(): bool
    {
        $this->log .= 'v';
        return $this->n < 7;
    }
}

foreach ([1, 3] as $children) {
    $items = new Counting();
    echo json_encode(map($items, fn (int $n) => $n * 2, $children)), ' ', $items->log, "\n";
    $items = new Counting();
    echo count(iterator_to_array(Pool::create()->concurrency($children)->map($items, fn (int $n) => $n * 2))), ' ', $items->log, "\n";
}
?>
--EXPECT--
{"k0":0,"k1":2,"k2":4,"k3":6,"k4":8,"k5":10,"k6":12} rvnvnvnvnvnvnvnv
7 rvnvnvnvnvnvnvnv
{"k0":0,"k1":2,"k2":4,"k3":6,"k4":8,"k5":10,"k6":12} rvnvnvnvnvnvnvnv
7 rvnvnvnvnvnvnvnv
