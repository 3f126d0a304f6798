--TEST--
failFast() cancels the rest when a handler has made a failure of a task's success, and not when a later handler deals with that
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$fail = fn () => throw new LogicException('failed');
$kinds = [
    'then' => fn () => async(fn () => 1)->then($fail),
    'then, a future' => fn () => async(fn () => 1)->then(fn () => async($fail)),
    'finally' => fn () => async(fn () => 1)->finally($fail),
    'catch' => fn () => async($fail)->catch($fail),
    'dealt with' => fn () => async(fn () => 1)->then($fail)->catch(fn () => 'well'),
];
foreach ($kinds as $kind => $make) {
    $gate = Async\Channel::create();
    $pool = Pool::create()->concurrency(2)->failFast();
    $pool['slow'] = function () use ($gate) {
        return $gate->receive();
    };
    $pool['one'] = $make();
    if ($kind === 'dealt with') {
        await($pool['one']);
        $gate->send('to its end');
    }
    try {
        $values = await($pool);
        echo "$kind: ", json_encode($values), "\n";
    } catch (LogicException $e) {
        echo "$kind: {$e->getMessage()}, the other one: ", $pool['slow']->status()->name, "\n";
    }
}
$pool = Pool::create()->concurrency(2)->failFast()->onMessage($fail);
$gate = Async\Channel::create();
$pool['slow'] = fn () => $gate->receive();
$pool['one'] = fn () => Async\channel()->send('a message');
try {
    await($pool);
} catch (LogicException $e) {
    echo "onMessage: {$e->getMessage()}, the other one: ", $pool['slow']->status()->name, "\n";
}
?>
--EXPECT--
then: failed, the other one: Cancelled
then, a future: failed, the other one: Cancelled
finally: failed, the other one: Cancelled
catch: failed, the other one: Cancelled
dealt with: {"slow":"to its end","one":"well"}
onMessage: failed, the other one: Cancelled
