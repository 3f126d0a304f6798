--TEST--
A task that deletes, empties or cancels its own pool in its child gives its value or an AsyncError; the pool goes on
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(2);
$pool['unset'] = function () use (&$pool) { unset($pool); return gc_collect_cycles() >= 0; };
$pool['null'] = function () use (&$pool) { $pool = null; return gc_collect_cycles() >= 0; };
$pool['global'] = function () { unset($GLOBALS['pool']); return gc_collect_cycles() >= 0; };
$pool['cancel'] = function () use (&$pool) { $pool->cancel(); return 'cancelled'; };
$pool['offset'] = function () use (&$pool) { unset($pool['after']); return 'taken out'; };
$pool['await'] = function () use (&$pool) { Async\await($pool); return 'awaited'; };
$pool['after'] = fn() => 'fine';
foreach (settle($pool) as $name => $future) {
    echo $name, ': ', $future->error() === null ? json_encode($future->await()) : $future->error()::class, "\n";
}
?>
--EXPECT--
unset: true
null: true
global: true
cancel: Async\AsyncError
offset: Async\AsyncError
await: Async\AsyncError
after: "fine"
