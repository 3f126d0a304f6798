--TEST--
A handler for when time runs out runs for the pool's timeout too, and not for other failures
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->timeout(2);
$pool['slow'] = async(fn() => (new Gate())->never())->timeout(fn() => 'handled');
$pool['fails'] = async(fn() => throw new DomainException('other'))->timeout(fn() => 'never');
settle($pool);
echo await($pool['slow']), "\n", told(fn() => await($pool['fails'])), "\n";
?>
--EXPECT--
handled
DomainException: other
