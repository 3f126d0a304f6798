--TEST--
await in a handler of what ends only when that handler has ended is an AsyncError: of its own future, of one that follows it, of its pool
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$followed = async(fn() => $gate->pass())->then(function () use (&$follows) { return told(fn() => await($follows)); });
$returned = false;
$follows = async(fn() => 1)->then(function () use ($followed, &$returned) { $returned = true; return $followed; });
while (!$returned) {
    usleep(1000);
}
$gate->open();
echo await($followed), "\n";
var_dump(await($follows) === await($followed));

// The same, when it comes to follow only while it is awaited.
$followed = async(fn() => 1);
$gate = new Gate();
$late = async(fn() => $gate->pass())->then(fn() => $followed);
$followed->then(function () use ($late, $gate) { $gate->open(); return told(fn() => await($late)); });
echo await($followed), "\n";
var_dump(await($late) === await($followed));

$pool = Pool::create();
$pool[] = fn() => 1;
$pool[0]->then(fn() => told(fn() => await($pool)));
echo await($pool)[0], "\n";
?>
--EXPECT--
Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
bool(true)
Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
bool(true)
Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
