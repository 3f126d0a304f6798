--TEST--
A task whose pool is stopped while it is serialized does not begin, whether or not there is room for it
--FILE--
<?php
use Async\{CancelledException, Status};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

final class Stops
{
    public function __construct(public ?Async\Pool $pool)
    {
    }

    public function __serialize(): array
    {
        $this->pool?->stop();
        return [];
    }

    public function __unserialize(array $data): void
    {
        $this->pool = null;
    }
}

foreach (['room' => 0, 'no room' => 12] as $name => $others) {
    $gate = new Gate();
    $pool = warm();
    $first = $pool->add(fn() => $gate->pass()); // its worker has no time for the others
    while (count($pool->getInProgress()) < 1) {
        $pool->tick();
    }
    $long = str_repeat('x', 30_000);
    for ($i = 0; $i < $others; $i++) {
        $pool[] = fn() => strlen($long);
    }
    $object = new Stops($pool);
    $stopping = $pool->add(fn() => get_class($object));
    $gate->open();
    settle($pool);
    check("$name: it is cancelled", $stopping->status() === Status::Cancelled, $stopping->status()->name);
    check("$name: it says so", $stopping->error() instanceof CancelledException, $stopping->error());
    check("$name: the one that ran has ended", $first->status() === Status::Succeeded, $first->status()->name);
    $counts = array_count_values(array_map(fn($future) => $future->status()->name, [...$pool]));
    check("$name: all have ended", array_sum($counts) === $others + 2 && count($pool->getQueue()) === 0, $counts);
}
?>
--EXPECT--
room: it is cancelled: yes
room: it says so: yes
room: the one that ran has ended: yes
room: all have ended: yes
no room: it is cancelled: yes
no room: it says so: yes
no room: the one that ran has ended: yes
no room: all have ended: yes
