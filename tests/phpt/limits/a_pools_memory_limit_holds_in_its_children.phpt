--TEST--
A pool's memoryLimit() holds in its children, from the first hook on, and nowhere else
--INI--
memory_limit=64M
display_errors=0
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

foreach (['32M', '1G', 48 << 20, -1, '-1', ' 2g '] as $limit) {
    $pool = Pool::create()->memoryLimit($limit)->onFork(child: function () use (&$hook) { $hook = ini_get('memory_limit'); });
    echo implode(' ', await($pool->add(function () use (&$hook) { return ["hook: $hook, task:", ini_get('memory_limit')]; }))), "\n";
}
$pool = Pool::create()->memoryLimit('256M');
echo await($pool->add(fn() => strlen(str_repeat('x', 100 << 20)))), "\n";
$e = failure($pool->memoryLimit('16M')->add(fn() => strlen(str_repeat('x', 32 << 20))));
echo $e::class, ': ', $e->lastError, "\n";
echo await(Pool::create()->add(fn() => ini_get('memory_limit'))), ' ', ini_get('memory_limit'), "\n";
?>
--EXPECTF--
hook: 32M, task: 32M
hook: 1G, task: 1G
hook: 50331648, task: 50331648
hook: -1, task: -1
hook: -1, task: -1
hook: 2g, task: 2g
104857600
Async\ProcessDiedException: Allowed memory size of 16777216 bytes exhausted%S(tried to allocate %d bytes)
64M 64M
