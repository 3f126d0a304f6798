--TEST--
onExit() runs in a child at its end, when its outcome is told, and keeps nobody: isolated, and once in a warm worker
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

final class Log
{
    public static array $lines = [];
}
$file = tempnam(sys_get_temp_dir(), 'log');
$flush = function () use ($file) { file_put_contents($file, implode(',', Log::$lines) . "\n", FILE_APPEND); };
$lines = function () use ($file) {
    clearstatcache();
    $lines = file($file, FILE_IGNORE_NEW_LINES);
    sort($lines);
    file_put_contents($file, '');
    return implode(' ', $lines);
};
$logs = fn(string $line) => function () use ($line) { Log::$lines[] = $line; return getmypid(); };

echo "-- isolated, when it returned, threw, exited\n";
$pool = Pool::create()->onExit($flush);
$pool['returns'] = $logs('returned');
$pool['throws'] = function () { Log::$lines[] = 'threw'; throw new DomainException('thrown'); };
$pool['exits'] = function () { Log::$lines[] = 'exited'; exit(3); };
Async\settle($pool);
$pool->stop();
$finished = function (Pool $pool) { while (glob('/proc/' . getmypid() . '/task/*/children') && trim(file_get_contents('/proc/self/task/' . getmypid() . '/children')) !== '') { $pool->tick(); usleep(500); } };
$finished($pool);
echo $lines(), "\n";

echo "-- a warm worker, once\n";
$pool = Pool::create()->concurrency(1)->tasksPerChild(0)->onExit($flush)->onExit($flush);
foreach (['a', 'b', 'c'] as $line) {
    $pool[] = $logs($line);
}
echo count(array_unique(await($pool))), ' ', $lines(), "|\n";
unset($pool);
$finished(Pool::create());
echo $lines(), "\n";

echo "-- the outcome does not wait for it, nor does the pool, a foreach, or an await of several\n";
$gate = new Gate();
foreach (['one' => fn($pool) => $pool['k']->await(), 'pool' => fn($pool) => await($pool)['k'], 'several' => fn($pool) => await([$pool['k']])[0],
    'foreach' => function ($pool) { foreach ($pool as $future) { return $future->await(); } }, 'wait' => fn($pool) => $pool->wait()['k']] as $how => $wait) {
    $closed = new Gate();
    $pool = Pool::create()->onExit(function () use ($closed, $gate) { $closed->pass(); $gate->open(); });
    $pool['k'] = fn() => 'told';
    echo $how, ' ', $wait($pool);
    $closed->open();
    $gate->pass();
    echo " and then the hook\n";
}
echo "-- what is open stays open for it, a large result too\n";
$pool = Pool::create()->onExit(function () { fwrite($GLOBALS['log'], "flushed\n"); });
echo strlen($pool->add(function () use ($file) { $GLOBALS['log'] = fopen($file, 'a'); return str_repeat('x', 1 << 20); })->await()), ' ';
$finished($pool);
echo $lines(), "\n";
unlink($file);
?>
--EXPECT--
-- isolated, when it returned, threw, exited
exited returned threw
-- a warm worker, once
1 |
a,b,c a,b,c
-- the outcome does not wait for it, nor does the pool, a foreach, or an await of several
one told and then the hook
pool told and then the hook
several told and then the hook
foreach told and then the hook
wait told and then the hook
-- what is open stays open for it, a large result too
1048576 flushed
