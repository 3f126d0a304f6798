--TEST--
A handler never runs inside a destructor (pain 31)
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
        $this->log[] = 'destructor begins';
        $this->gate->open();
        ended($this->future->pid());
        for ($i = 0; $i < 100_000; $i++);
        $this->log[] = 'destructor ends';
    }
}
$log = [];
$gate = new Gate();
$future = async(fn() => $gate->pass())->then(function () use (&$log) { $log[] = 'handler'; });
$busy = new Busy($gate, $future, $log);
unset($busy);
await($future);
echo implode(', ', $log), "\n";
?>
--EXPECT--
destructor begins, destructor ends, handler
