--TEST--
Concurrency holds for warm workers when it is lowered and raised while they are there
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

/** How many tasks of the pool run at once. */
function at_once(Pool $pool): int
{
    $file = tempnam(sys_get_temp_dir(), 'async');
    for ($i = 0; $i < 12; $i++) {
        $pool[] = function () use ($file) {
            file_put_contents($file, '+', FILE_APPEND | LOCK_EX);
            usleep(20_000);
            file_put_contents($file, '-', FILE_APPEND | LOCK_EX);
        };
    }
    $pool->wait();
    $now = $most = 0;
    foreach (str_split(file_get_contents($file)) as $sign) {
        $now += $sign === '+' ? 1 : -1;
        $most = max($now, $most);
    }
    unlink($file);
    return $most;
}

$pool = warm(4);
foreach ([1, 3, 2] as $n) {
    $most = at_once($pool->concurrency($n));
    echo "concurrency($n): ", $most <= $n ? 'held' : "$most at once", "\n";
}
$gate = new Gate();
$pool = warm();
for ($i = 0; $i < 3; $i++) {
    $pool[] = fn() => $gate->pass();
}
$pool->concurrency(3); // while one runs
while (count($pool->getInProgress()) < 3) {
    $pool->tick();
}
$gate->open(3);
echo count($pool->wait()), " at once\n";
?>
--EXPECT--
concurrency(1): held
concurrency(3): held
concurrency(2): held
3 at once
