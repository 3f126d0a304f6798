--TEST--
stream_select() lasts as long as asked while fifty children end, without a warning (pain 25)
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$pool = Pool::create()->concurrency(50);
for ($i = 1; $i <= 50; $i++) {
    $pool[] = fn() => usleep($i * 35_000);
}
$read = [$a];
$write = $except = null;
$start = hrtime(true);
$n = stream_select($read, $write, $except, 2);
$elapsed = (hrtime(true) - $start) / 1e9;
check('nothing came', $n === 0, $n);
check('two seconds', $elapsed >= 1.99, $elapsed);
await($pool);
?>
--EXPECT--
nothing came: yes
two seconds: yes
