--TEST--
Tasks that are added while another one is serialized all run, also when there is no room for both
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

final class Adds
{
    public string $long;

    public function __construct(public ?Closure $add)
    {
        $this->long = str_repeat('x', 30_000);
    }

    public function __serialize(): array
    {
        ($this->add)();
        return [$this->long];
    }

    public function __unserialize(array $data): void
    {
        [$this->long] = $data;
    }
}

$gate = new Gate();
$pool = warm();
$pool[] = fn() => $gate->pass(); // its child has no time for the others
while (count($pool->getInProgress()) < 1) {
    $pool->tick();
}
$nested = 0;
$add = function (int $tasks) use ($pool) {
    $long = str_repeat('x', 30_000);
    for ($i = 0; $i < $tasks; $i++) {
        $pool[] = fn() => strlen($long);
    }
};
for ($before = 0; $before < 9; $before++) {
    $add(1);
    $object = new Adds(function () use ($add, &$nested) { $nested++; $add(3); });
    $pool[] = fn() => strlen($object->long);
    $object->add = fn() => null;
}
$gate->open();
$lengths = array_count_values(array_map('intval', await($pool, PATIENCE)));
check('some were', $nested > 0, $nested);
check('all ran', $lengths === [1, 30_000 => 18 + 3 * $nested], $lengths);
?>
--EXPECT--
some were: yes
all ran: yes
