--TEST--
cancel() stops, and ends what runs too
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(2);
$pool['ended'] = fn() => 'kept';
await($pool['ended']);
$pool['runs'] = fn() => $gate->never();
$pool['runs too'] = fn() => $gate->never();
$pool['waits'] = fn() => 1;
$pids = [$pool['runs']->pid(), $pool['runs too']->pid()];
$pool->cancel();
ended(...$pids);
foreach (settle($pool) as $key => $future) {
    echo $key, ': ', $future->status()->name, "\n";
}
echo await($pool['ended']), "\n";
?>
--EXPECT--
ended: Succeeded
runs: Cancelled
runs too: Cancelled
waits: Cancelled
kept
