--TEST--
One crash loses nothing else in the pool (pains 7 and 35)
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

$pool = Pool::create()->concurrency(8);
for ($i = 0; $i < 1000; $i++) {
    $pool[$i] = function () use ($i) {
        if ($i % 10 === 0) {
            posix_kill(getmypid(), SIGKILL);
        }
        return $i;
    };
}
$right = $died = 0;
foreach (settle($pool) as $i => $future) {
    if ($i % 10 === 0) {
        $died += $future->error() instanceof Async\ProcessDiedException ? 1 : 0;
    } else {
        $right += await($future) === $i ? 1 : 0;
    }
}
$pool->clearFinished();
$pool['after'] = fn() => 'usable';
echo "$right right, $died died, ", await($pool)['after'], "\n";
?>
--EXPECT--
900 right, 100 died, usable
