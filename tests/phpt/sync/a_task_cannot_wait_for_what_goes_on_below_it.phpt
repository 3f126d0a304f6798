--TEST--
With async.mode=sync a task that waits for itself, or for the pool that it is in, is told so
--INI--
async.mode=sync
async.concurrency=1
--FILE--
<?php
use Async\{AsyncError, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1);
$pool['itself'] = fn() => told(fn() => await($pool['itself']));
$pool['its pool'] = fn() => told(fn() => await($pool));
$pool['by wait'] = fn() => told(fn() => $pool->wait());
$other = new Pool();
$hand = fn(Async\Future $future) => $future;
$later = $hand(async(function () use (&$later, $other) { return told(fn() => $other['x'] = $later); }));
echo await($later), "\n";
$pool['another, in the same pool'] = fn() => await($pool->add(fn() => 'runs at once'));
foreach (await($pool) as $key => $value) {
    echo $key, ': ', $value, "\n";
}
echo await(async(fn() => await(async(fn() => 'one slot is enough')))), "\n";
?>
--EXPECT--
Async\AsyncError: a future whose task runs in this process cannot be added to a pool before it has ended
itself: Async\AsyncError: a task cannot be awaited by code that it runs itself: it runs in this process, and goes on when that code has returned
its pool: Async\AsyncError: what is awaited can never end: it waits for a task that runs in this process, and that goes on when the code that waits has returned
by wait: Async\AsyncError: what is awaited can never end: it waits for a task that runs in this process, and that goes on when the code that waits has returned
another, in the same pool: runs at once
0: runs at once
one slot is enough
