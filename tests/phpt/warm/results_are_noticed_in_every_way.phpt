--TEST--
Results of warm workers come by foreach, by stream() and tick(), and in a plain loop; sleep is not cut short
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = warm(2);
for ($i = 0; $i < 20; $i++) {
    $pool->add(fn() => $i, "k$i");
}
foreach ($pool as $key => $future) {
    $seen[$key] = $future->await();
}
ksort($seen, SORT_NATURAL);
var_dump(array_values($seen) === range(0, 19));

$pool = warm(2);
$stream = $pool->stream();
$pool->tick();
for ($i = $n = 0; $i < 20; $i++) {
    $pool[] = fn() => $i;
}
while ($n < 20) {
    [$read, $write, $except] = [[$stream], null, null];
    if (!stream_select($read, $write, $except, PATIENCE)) {
        exit("the stream is silent\n");
    }
    $n += $pool->tick();
}
var_dump($n);

$pool = warm(2);
$handled = 0;
for ($i = 0; $i < 20; $i++) {
    $pool->add(fn() => usleep(1000))->then(function () use (&$handled) { $handled++; });
}
$start = hrtime(true);
usleep(100_000);
var_dump(hrtime(true) - $start >= 100_000_000);
while ($handled < 20 && hrtime(true) - $start < PATIENCE * 1_000_000_000);
var_dump($handled);
?>
--EXPECT--
bool(true)
int(20)
bool(true)
int(20)
