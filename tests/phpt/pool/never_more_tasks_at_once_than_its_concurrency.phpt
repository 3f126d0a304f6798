--TEST--
There are never more tasks at once than the pool's concurrency, and never more than twice as many children
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = Pool::create()->concurrency(3);
$parent = getmypid();
for ($i = 0; $i < 60; $i++) {
    $pool[] = function () use ($parent, $notes) {
        $notes->write('begins');
        usleep(random_int(0, 3000));
        $children = count(explode(' ', trim(file_get_contents("/proc/$parent/task/$parent/children"))));
        $notes->write('ends');
        return $children;
    };
}
$seen = await($pool);
$now = $most = 0;
foreach ($notes->all() as $line) {
    $now += $line === 'begins' ? 1 : -1;
    $most = max($most, $now);
}
check('at most three tasks', $most > 0 && $most <= 3, $most);
// Those that have told everything may be on their way out.
check('at most six children', max($seen) <= 6, max($seen));
var_dump(count($seen));
?>
--EXPECT--
at most three tasks: yes
at most six children: yes
int(60)
