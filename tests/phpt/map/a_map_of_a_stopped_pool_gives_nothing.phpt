--TEST--
A map of a pool that was stopped gives nothing, and asks its source for nothing
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

final class Source implements IteratorAggregate
{
    public function getIterator(): Iterator
    {
        echo "asked\n";
        return new ArrayIterator([1]);
    }
}

$gate = new Gate();
foreach (['stop', 'cancel'] as $how) {
    $pool = Pool::create();
    $task = $pool->add(fn() => $gate->pass());
    $pool->$how();
    foreach ([[1, 2, 3], new Source(), new ArrayIterator([1])] as $items) {
        $results = $pool->map($items, fn() => print "run\n");
        echo json_encode(iterator_to_array($results)), ' ', json_encode([$results->key(), $results->valid()]), "\n";
    }
    if ($how === 'stop') {
        $gate->open();
    }
    echo $how, ': ', count($pool->wait()), ' ', $task->status()->name, "\n";
}
echo told(fn() => $pool->map(1, fn() => 1)), "\n";
?>
--EXPECT--
[] [null,false]
[] [null,false]
[] [null,false]
stop: 1 Succeeded
[] [null,false]
[] [null,false]
[] [null,false]
cancel: 0 Cancelled
TypeError: Async\Pool::map(): Argument #1 ($items) must be of type iterable, int given
