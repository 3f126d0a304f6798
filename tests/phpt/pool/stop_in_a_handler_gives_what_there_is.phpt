--TEST--
stop() in a handler ends the waiting early, with what there is
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
echo json_encode($pool->wait()), "\n";
?>
--EXPECT--
[0,1,2]
