--TEST--
In a task, of whatever kind of child, the names mean what they mean in its script
--FILE--
<?php
use Async\Pool as Tasks;

require __DIR__ . '/../../support/sync.php';

$pool = Tasks::create()->concurrency(1)->tasksPerChild(0);
$uses = fn() => [function_exists('async'), class_exists('Pool')];
$pool['before'] = $uses;
Async\await($pool);
eval('function async(int $n) { return "own async $n"; } class Pool { const WHOSE = "own Pool"; }');
$own = eval('return fn() => [async(1), Pool::WHOSE];');
$pool['own'] = $own;
$pool['after'] = $uses;
echo json_encode(Async\await($pool)), json_encode(Async\await(Async\async($own))), "\n";
echo json_encode(Async\map([1, 2], async(...))), "\n";
$pool['declared in the task'] = function () { eval('function await() { return "of the child"; }'); return await(); };
echo $pool['declared in the task'](), ' ', json_encode(function_exists('await')), "\n";
?>
--EXPECT--
{"before":[false,false],"own":["own async 1","own Pool"],"after":[true,true]}["own async 1","own Pool"]
["own async 1","own async 2"]
of the child false
