--TEST--
stop() in a handler ends the waiting early, with what there is (pain 47)
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
for ($i = 0; $i < 10; $i++) {
    // The next one may have been started before the handler runs.
    $pool[] = async($i < 3 ? fn() => $i : fn() => $gate->pass() ?? $i)->then(function (int $i) use ($pool, $gate) {
        if ($i === 2) {
            $pool->stop();
            $gate->open();
        }
    });
}
$values = $pool->wait();
var_dump(array_slice($values, 0, 3), count($values) <= 4);
?>
--EXPECT--
array(3) {
  [0]=>
  int(0)
  [1]=>
  int(1)
  [2]=>
  int(2)
}
bool(true)
