--TEST--
stop() in a handler ends the waiting early, with what there is (pain 47)
--FILE--
<?php
use Async\Pool;
use function Async\async;

$pool = Pool::create()->concurrency(1);
for ($i = 0; $i < 10; $i++) {
    $pool[] = async(fn() => $i)->then(function (int $i) use ($pool) {
        if ($i === 2) {
            $pool->stop();
        }
    });
}
$values = $pool->wait();
var_dump(array_slice($values, 0, 3), count($values) <= 4); // the next one may have been started before the handler ran
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
