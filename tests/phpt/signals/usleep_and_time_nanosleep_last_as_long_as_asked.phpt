--TEST--
usleep() and time_nanosleep() last as long as asked while fifty children end (pain 25)
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

foreach (['usleep' => fn() => usleep(1_000_000), 'time_nanosleep' => fn() => time_nanosleep(1, 0)] as $name => $sleep) {
    $pool = Pool::create()->concurrency(50);
    for ($i = 1; $i <= 50; $i++) {
        $pool[] = fn() => usleep($i * 18_000);
    }
    $start = hrtime(true);
    $result = $sleep();
    $elapsed = (hrtime(true) - $start) / 1e9;
    check($name, $elapsed >= 0.99 && ($result === null || $result === true), [$elapsed, $result]);
    await($pool);
}
?>
--EXPECT--
usleep: yes
time_nanosleep: yes
