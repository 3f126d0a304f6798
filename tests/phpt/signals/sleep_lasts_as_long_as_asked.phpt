--TEST--
sleep() lasts as long as asked while fifty children end (pain 25)
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(50);
for ($i = 1; $i <= 50; $i++) {
    $pool[] = fn() => usleep($i * 35_000);
}
$start = hrtime(true);
$left = sleep(2);
$elapsed = (hrtime(true) - $start) / 1e9;
check('nothing left', $left === 0, $left);
check('two seconds', $elapsed >= 1.99, $elapsed);
check('they ended meanwhile', count($pool->getInProgress()) < 10, count($pool->getInProgress()));
await($pool);
?>
--EXPECT--
nothing left: yes
two seconds: yes
they ended meanwhile: yes
