--TEST--
There are never more children at once than the pool's concurrency
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = Pool::create()->concurrency(3);
$parent = getmypid();
for ($i = 0; $i < 60; $i++) {
    $pool[] = function () use ($parent) {
        usleep(random_int(0, 3000));
        return count(explode(' ', trim(file_get_contents("/proc/$parent/task/$parent/children"))));
    };
}
$seen = await($pool);
var_dump(max($seen) <= 3, count($seen));
?>
--EXPECT--
bool(true)
int(60)
