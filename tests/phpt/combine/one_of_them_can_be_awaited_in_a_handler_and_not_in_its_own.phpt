--TEST--
any(), race() and select() work in a handler, but not for its own future; nor in a child for what is its parent's
--FILE--
<?php
use function Async\{any, async, await, race, select};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
echo await(async(fn() => 1)->then(fn() => any([async(fn() => $gate->never()), async(fn() => 'any')])
    . race([async(fn() => 'race')]) . key(select(['select' => async(fn() => 1)])))), "\n";

foreach (['any' => any(...), 'race' => race(...), 'select' => select(...)] as $name => $first) {
    $own = async(fn() => 1);
    $own->then(function () use (&$own, $first) { $first([$own]); });
    echo $name, ': ', told(fn() => await($own)), "\n";
}
$parents = async(fn() => $gate->never());
echo await(async(fn() => told(fn() => race([$parents])))), "\n";
echo await(async(fn() => any([async(fn() => $gate->never()), async(fn() => 'in a child')]))), "\n";
$parents->cancel();
?>
--EXPECT--
anyraceselect
any: Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
race: Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
select: Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
Async\AsyncError: this future belongs to another process: only the one that started it can await, change or cancel it
in a child
