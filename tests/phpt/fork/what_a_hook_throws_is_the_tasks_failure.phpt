--TEST--
What a hook throws in the child is the failure of its task (pain 18)
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->onFork(child: fn() => throw new DomainException('cannot reconnect'));
$pool[] = fn() => 1;
echo told(fn() => await($pool)), "\n";
?>
--EXPECT--
DomainException: cannot reconnect
