--TEST--
A handler for when time runs out is told the TimeoutException, and gives the value instead
--FILE--
<?php
use Async\TimeoutException;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pid = getmypid();
$future = async(fn() => (new Gate())->never())
    ->timeout(0.05)
    ->timeout(fn(TimeoutException $e) => ['instead', getmypid() === $pid]);
var_dump(await($future));
?>
--EXPECT--
array(2) {
  [0]=>
  string(7) "instead"
  [1]=>
  bool(true)
}
