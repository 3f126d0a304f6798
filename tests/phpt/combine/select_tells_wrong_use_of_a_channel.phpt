--TEST--
select() tells wrong use of a channel at once: the parent's end in another process, an end in a fork that is not the task's; ends that are over are ready
--FILE--
<?php
use Async\{Channel, Future, Pool};
use function Async\{async, await, channel, select};

require __DIR__ . '/../../support/sync.php';

$plain = fn (string $told): string => preg_replace('/(pid|process) \d+/', '$1 N', $told) . "\n";

echo "-- the parent's end in a sibling, beside what is ready\n";
$gate = new Gate();
$task = async(fn () => $gate->pass());
$end = $task->channel();
$ready = Channel::create();
$ready->send(1);
echo $plain(await(async(fn () => told(fn () => select([$ready, $end], PATIENCE)))));
echo "-- a future of the parent in its task\n";
echo $plain(await(async(fn () => told(fn () => select([$ready, $task], PATIENCE)))));

echo "-- the end of a task that is over, in a worker that runs another one\n";
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
final class Kept { public static ?Channel $end = null; }
await($pool->add(function (): void { Kept::$end = channel(); }));
echo await($pool->add(fn () => json_encode(array_keys(select(['over' => Kept::$end]))))), "\n";

echo "-- a task that was cancelled before it began, and one that has ended\n";
$pool = Pool::create()->concurrency(1);
$pool->add(fn () => $gate->pass());
$queued = $pool->add(fn () => 1);
$channel = $queued->channel();
$queued->cancel();
echo json_encode(array_keys(select(['cancelled' => $channel, 'queued' => $queued]))), "\n";
$gate->open(2);
await([$task]);
echo json_encode(array_keys(select(['ended' => $end]))), ' ', $plain(told(fn () => $end->receive(0)));
await($pool);

echo "-- one that waits for itself: its own future in its handler, and in its handler of messages\n";
$pool = Pool::create();
$own = $pool->add(fn () => $gate->pass())->then(function () use (&$own): void {
    echo told(fn () => select([$own], 0.01)), "\n";
});
$gate->open(); // not before $own is set
await($own);
$pool = Pool::create()->onMessage(function (mixed $message, Future $from) use ($gate): void {
    echo json_encode(array_keys(select(['channel' => $from->channel()], 0.01))), "\n";
    echo told(fn () => select([$from])), "\n";
    $gate->open();
});
$pool->add(function () use ($gate): void {
    channel()->send('hello');
    $gate->pass();
});
await($pool);
?>
--EXPECT--
-- the parent's end in a sibling, beside what is ready
Async\AsyncError: this end of the channel is the parent's, in its own process: a task has its end by Async\channel(), and other processes share an Async\Channel::create()
-- a future of the parent in its task
Async\AsyncError: this future belongs to another process: only the one that started it can await, change or cancel it
-- the end of a task that is over, in a worker that runs another one
["over"]
-- a task that was cancelled before it began, and one that has ended
["cancelled","queued"]
["ended"] Async\ChannelClosedException: no message can be received: task #1 (pid N) has ended
-- one that waits for itself: its own future in its handler, and in its handler of messages
Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
[]
Async\AsyncError: a future cannot be awaited in its own handler: it ends when its handlers have ended
