--TEST--
While the parent waits for a message, queued tasks start, handlers run, and handlers of signals do
--FILE--
<?php
use Async\{Channel, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$channel = Channel::create();
$pool = Pool::create()->concurrency(1);
$gate = new Gate();
$log = [];
for ($i = 0; $i < 5; $i++) {
    $pool->add(fn () => $i)->then(function (int $i) use (&$log): void {
        $log[] = "then $i";
    });
}
$pool->add(function () use ($channel): void {
    $channel->send('from the last task in the queue');
});
echo $channel->receive(PATIENCE), "\n";
// The last task starts when the fifth has told its value, maybe before the handler of that has run.
echo implode(', ', array_slice($log, 0, 4)), "\n";
await($pool);

// A handler that sends is what its own process waits for.
$pool->add(fn () => 'value')->then(fn (string $value) => $channel->send("a handler sent the $value"));
echo $channel->receive(PATIENCE), "\n";

pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () use ($channel): void {
    $channel->send('from the handler of a signal');
});
$parent = getmypid();
$pool->add(function () use ($parent, $gate): void {
    posix_kill($parent, SIGUSR1);
    $gate->pass();
});
echo $channel->receive(PATIENCE), "\n";
$gate->open();

pcntl_signal(SIGUSR1, function (): void {
    throw new DomainException('thrown by the handler of a signal');
});
$pool->add(function () use ($parent, $gate): void {
    posix_kill($parent, SIGUSR1);
    $gate->pass();
});
try {
    $channel->receive(PATIENCE);
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
$gate->open();
await($pool);
?>
--EXPECT--
from the last task in the queue
then 0, then 1, then 2, then 3
a handler sent the value
from the handler of a signal
thrown by the handler of a signal
