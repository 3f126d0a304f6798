--TEST--
A storm of signals loses no result and warns of nothing (pain 26)
--FILE--
<?php
use Async\Pool;
use function Async\await;

pcntl_async_signals(true);
$got = 0;
pcntl_signal(SIGUSR1, function () use (&$got) { $got++; });
$storm = proc_open(['sh', '-c', 'while kill -USR1 ' . getmypid() . ' 2>/dev/null; do sleep 0.002; done'], [], $pipes);
$pool = Pool::create()->concurrency(8);
for ($i = 0; $i < 500; $i++) {
    $pool[] = fn() => str_repeat((string) ($i % 10), 100_000);
}
$right = 0;
foreach (await($pool) as $i => $value) {
    $right += $value === str_repeat((string) ($i % 10), 100_000) ? 1 : 0;
}
while ($got < 3) {
    usleep(1000);
}
proc_terminate($storm, SIGKILL);
proc_close($storm);
var_dump($right, $got > 2);
?>
--EXPECT--
int(500)
bool(true)
