--TEST--
stop() starts nothing more and lets run what runs
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$notes = new Notes();
$pool = Pool::create()->concurrency(1);
$pool['runs'] = function () use ($gate) { $gate->pass(); return 'ended by itself'; };
$pool['waits'] = fn() => $notes->write('started');
$pool->stop();
$gate->open();

foreach (settle($pool) as $key => $future) {
    echo $key, ': ', $future->status()->name, "\n";
}
echo await($pool['runs']), ', ', count($notes->all()), " started after\n";
?>
--EXPECT--
runs: Succeeded
waits: Cancelled
ended by itself, 0 started after
