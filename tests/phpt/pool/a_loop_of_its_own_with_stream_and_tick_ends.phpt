--TEST--
A loop of one's own with stream() and tick() gets through a queue
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(4);
for ($i = 0; $i < 40; $i++) {
    $pool[] = fn() => $i;
}
$ended = 0;
while ($ended < 40) {
    $read = [$pool->stream()];
    $write = $except = null;
    if (stream_select($read, $write, $except, PATIENCE) !== 1) {
        exit("nothing came\n");
    }
    $ended += $pool->tick();
}
var_dump($ended, await($pool) === range(0, 39));
?>
--EXPECT--
int(40)
bool(true)
