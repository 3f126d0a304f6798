--TEST--
A cycle whose tasks never started is collected, and its tasks are not lost
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = Pool::create()->concurrency(1);
$future = async(fn() => $notes->write('ran'));
$future->then(function () use (&$future, $pool) {});
$pool[] = $future;
await($pool);
$weak = WeakReference::create($pool);
unset($pool, $future);
gc_collect_cycles();
var_dump($weak->get(), $notes->all());
?>
--EXPECT--
NULL
array(1) {
  [0]=>
  string(3) "ran"
}
