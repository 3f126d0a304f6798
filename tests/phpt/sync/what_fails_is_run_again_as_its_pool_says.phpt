--TEST--
With async.mode=sync a pool runs again what has failed, after its backoff, and stop() lets no repeat begin
--INI--
async.mode=sync
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = Pool::create()->retry(2);
$count = 0;
$pool['third'] = function () use (&$count) { return ++$count < 3 ? throw new RuntimeException("attempt $count") : "attempt $count"; };
$exits = 0;
$pool['exits'] = function () use (&$exits) { return ++$exits < 2 ? exit(1) : 'after an exit'; };
$pool['never'] = fn() => throw new RuntimeException('never');
$future = $pool['third']->finally(function () { echo "finally, once\n"; });
foreach (Async\settle($pool) as $key => $future) {
    echo $key, ': ', $future->error()?->getMessage() ?? $future->await(), ', ', $future->attempts(), " attempts\n";
}
echo $pool->status()->retries, " repeats\n";

$pool = Pool::create()->retry(1, backoff: 0.05);
$begun = hrtime(true);
$count = 0;
$pool['rests'] = function () use (&$count) { return ++$count < 2 ? throw new RuntimeException('no') : 'yes'; };
echo $pool['rests']->status()->name, ' ', $pool->status()->queued, "\n";
echo await($pool)['rests'], ' ', (hrtime(true) - $begun) / 1e9 >= 0.05 ? 'after the backoff' : 'TOO EARLY', "\n";

$pool = Pool::create()->retry(1, backoff: 60);
$pool['stopped'] = fn() => throw new RuntimeException('the first attempt');
$pool['cancelled'] = fn() => throw new RuntimeException('the first attempt');
var_dump($pool['cancelled']->cancel());
$pool->stop();
foreach (Async\settle($pool) as $future) {
    echo $future->status()->name, ' ', $future->error()::class, ' ', $future->attempts(), "\n";
}

$tries = [];
$results = Pool::create()->retry(1)->map(['a', 'b'], function (string $item) use (&$tries) {
    $tries[] = $item;
    return count($tries) === 1 ? throw new RuntimeException('once') : strtoupper($item);
});
echo json_encode(iterator_to_array($results)), ' ', implode(' ', $tries), "\n";
?>
--EXPECT--
finally, once
third: attempt 3, 3 attempts
exits: after an exit, 2 attempts
never: never, 3 attempts
5 repeats
Queued 1
yes after the backoff
bool(true)
Failed RuntimeException 1
Cancelled Async\CancelledException 1
["A","B"] a a b
