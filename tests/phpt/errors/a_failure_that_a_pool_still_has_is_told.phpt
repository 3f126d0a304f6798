--TEST--
A failure in a pool that nobody awaited is told when the pool goes away
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$told = [];
set_error_handler(function (int $type, string $message) use (&$told) { $told[] = $message; return true; });
$pool = new Pool();
$pool['x'] = fn() => throw new DomainException('in the pool');
ended($pool['x']->pid());
while ($pool->tick() === 0);
unset($pool);
gc_collect_cycles();
var_dump(count($told), str_contains($told[0] ?? '', 'in the pool'));
?>
--EXPECT--
int(1)
bool(true)
