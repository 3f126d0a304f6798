--TEST--
A handler never runs with an exception pending: the exception arrives, and the handler runs after (pain 31)
--FILE--
<?php
use Async\Future;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Busy
{
    public function __construct(private Gate $gate, private Future $future, private array &$log) {}
    public function __destruct()
    {
        $this->gate->open();
        ended($this->future->pid());
        for ($i = 0; $i < 100_000; $i++);
        $this->log[] = 'unwound';
    }
}
$log = [];
$gate = new Gate();
$future = async(fn() => $gate->pass())->then(function () use (&$log) { $log[] = 'handler'; });
function fails(Gate $gate, Future $future, array &$log): void
{
    $busy = new Busy($gate, $future, $log);
    throw new DomainException('pending');
}
try {
    fails($gate, $future, $log);
} catch (DomainException) {
    $log[] = 'caught';
}
await($future);
echo $log[0], ' first, then ', implode(', ', array_intersect(['caught', 'handler'], $log)), "\n";
?>
--EXPECT--
unwound first, then caught, handler
