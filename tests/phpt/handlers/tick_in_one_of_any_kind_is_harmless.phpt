--TEST--
tick() in a handler, of a value, of a failure or of messages, starts what is next, runs no other handler inside, and returns
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, channel};

require __DIR__ . '/../../support/sync.php';

foreach (['isolated', 'warm'] as $kind) {
    $pool = Pool::create()->concurrency(1);
    $kind === 'warm' && $pool->tasksPerChild(0);
    [$inside, $most, $ran] = [0, 0, []];
    $handler = function (string $name) use ($pool, &$inside, &$most, &$ran): void {
        $most = max($most, ++$inside);
        for ($i = 0; $i < 50; $i++) {
            $pool->tick();
        }
        $ran[$name] = ($ran[$name] ?? 0) + 1;
        $inside--;
    };
    $pool->onMessage(fn (string $message, Future $from) => $handler($message));
    for ($i = 0; $i < 6; $i++) {
        $pool->add($i % 2
            ? function (): void { channel()->send('message'); }
            : function (): void { channel()->send('message'); throw new DomainException('failed'); })
            ->then(fn () => $handler('then'))
            ->catch(fn (DomainException $e) => $handler('catch'))
            ->finally(fn () => $handler('finally'));
    }
    await($pool);
    ksort($ran);
    echo $kind, ': ', json_encode($ran), ", $most at once\n";
}

// What the next one waits for is started by a tick in the handler of the one before it.
$pool = Pool::create()->concurrency(1);
[$gate, $end] = [new Gate(), new Gate()];
$pool->add(fn () => 1)->then(function () use ($pool, $gate, $end): void {
    $pool->add(function () use ($gate, $end): void {
        $gate->open();
        $end->pass(); // or it could be over before anybody has seen it run
    });
    while ($pool->status()->running === 0) {
        $pool->tick();
    }
    $gate->pass();
    $end->open();
});
await($pool);
echo "started in a handler\n";
?>
--EXPECT--
isolated: {"catch":3,"finally":6,"message":6,"then":3}, 1 at once
warm: {"catch":3,"finally":6,"message":6,"then":3}, 1 at once
started in a handler
