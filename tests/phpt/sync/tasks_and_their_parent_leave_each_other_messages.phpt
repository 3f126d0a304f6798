--TEST--
With async.mode=sync a task gets what was sent before it began, and its parent what the task has sent; waiting for more is told
--INI--
async.mode=sync
--FILE--
<?php
use Async\{ChannelClosedException, Future, Pool};
use function Async\{async, await, channel, map};

function told(callable $what): void
{
    try {
        $what();
        echo "nothing was told\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$task = async(function (): string {
    foreach ([1, 2, str_repeat('x', 100_000)] as $message) {
        channel()->send($message);
    }
    told(fn () => channel()->receive());
    told(fn () => channel()->send(fopen('php://memory', 'r')));
    channel()->close();
    told(fn () => channel()->send(3));
    return 'done';
});
echo count($task->channel()), "\n";
foreach ($task->channel() as $message) {
    echo strlen($message), "\n";
}
told(fn () => $task->channel()->receive());
told(fn () => $task->channel()->send(1));
echo await($task), "\n";

// Before it begins, in a pool; the handler gets what the task has sent before its then().
$pool = Pool::create()->concurrency(1)->onMessage(function (mixed $message, Future $from): void {
    echo $from->key(), ': ', json_encode($message), "\n";
});
$future = $pool->add(function () use ($pool): array {
    $inner = $pool->add(fn () => channel()->send('from a task in a task'), 'inner');
    channel()->send(['from' => 'a task']);
    return [1];
}, 'outer')->then(fn () => print("then\n"));
await($pool);

told(fn () => channel());
told(fn () => map([1], fn () => channel()));
?>
--EXPECT--
Async\ChannelClosedException: no message can be received: with async.mode=sync a task gets what its parent sent before it began, and the parent goes on when the task has returned
Async\NotSerializableException: the message of type resource (stream) cannot be sent: a resource belongs to the process that opened it
Async\ChannelClosedException: no message can be sent: the channel was closed by this process
3
1
1
100000
Async\ChannelClosedException: no message can be received: task #1 has ended
Async\ChannelClosedException: no message can be sent: task #1 has ended
done
inner: "from a task in a task"
outer: {"from":"a task"}
then
Async\AsyncError: Async\channel() is a task's end of the channel to its parent, and this is no task; the parent has Future::channel() for each of its tasks
Async\AsyncError: a function of map() has no channel of its own: the call has no future whose channel would be the other end; make one by Async\Channel::create() before
