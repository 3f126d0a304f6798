--TEST--
A pool may have more slots than warm workers can be at once: what is too much waits, and all end
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = Pool::create()->concurrency(500)->tasksPerChild(0);
for ($i = 0; $i < 300; $i++) {
    $pool[] = function () { usleep(100_000); return getmypid(); };
}
$pids = $pool->wait();
var_dump(count($pids), count(array_unique($pids)) <= 128);
?>
--EXPECT--
int(300)
bool(true)
