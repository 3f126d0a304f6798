--TEST--
Wrong use of the channel of a task is told: outside of tasks, in map(), the other's end, what cannot be sent, a closed one
--FILE--
<?php
use Async\{Channel, Pool};
use function Async\{async, await, channel, map};

function told(callable $what): string
{
    try {
        $what();
        return "nothing was told\n";
    } catch (Throwable $e) {
        return get_class($e) . ': ' . preg_replace('~(pid |process |task #)\d+~', '$1N', $e->getMessage()) . "\n";
    }
}

echo told(fn () => channel());
echo told(fn () => map([1], fn () => channel()));

echo "The parent's end in the task, and in a sibling; the task's end as a result:\n";
$pool = Pool::create()->concurrency(1);
$first = $pool->add(fn () => channel()->receive());
$task = $pool->add(function () use (&$task): string { // waits for the first one, and is forked with its own future
    channel()->receive();
    return told(fn () => $task->channel());
});
$first->channel()->send('end');
await($first);
$end = $task->channel();
echo await(async(fn () => told(fn () => $end->send(1))));
echo await(async(fn () => told(fn () => $task->channel())));

echo "What cannot be sent, and arguments:\n";
echo told(fn () => $end->send($end));
echo told(fn () => $end->send(['deep' => [1, fopen('php://memory', 'r')]]));
echo told(fn () => $end->send(1, -1.0));
echo told(fn () => $end->receive(NAN));
echo told(fn () => $end->receive(0));
echo told(fn () => $task->channel(1));
$end->send('go on');
echo await($task);
echo told(fn () => await(async(fn () => channel())));
echo await(async(fn () => told(fn () => channel()->send(fn () => 1))));
echo await(async(fn () => told(fn () => channel()->stream())));

echo "Closed, by either side: the other one can still send:\n";
$task = async(function (): string {
    channel()->send('last');
    channel()->close();
    channel()->close();
    $told = told(fn () => channel()->send('more'));
    channel()->receive();
    return $told . told(fn () => channel()->receive());
});
$end = $task->channel();
echo $end->receive(), "\n";
echo told(fn () => $end->receive());
echo $end->isClosed() ? "closed\n" : "open\n";
$end->send('still there');
$end->close();
echo told(fn () => $end->send('more'));
echo await($task);
echo told(fn () => $end->send('more'));
echo told(fn () => $end->receive());

echo "An end that is left of a task, in a worker that runs another one:\n";
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
final class Kept { public static ?Channel $end = null; }
await($pool->add(function (): void { Kept::$end = channel(); }));
echo await($pool->add(function (): string {
    channel()->send('mine');
    return told(fn () => Kept::$end->send('late')) . told(fn () => Kept::$end->receive())
        . (Kept::$end->isClosed() ? 'closed' : 'open') . ', ' . count(Kept::$end) . "\n";
}));
?>
--EXPECT--
Async\AsyncError: Async\channel() is a task's end of the channel to its parent, and this is no task; the parent has Future::channel() for each of its tasks
Async\AsyncError: a function of map() has no channel of its own: the call has no future whose channel would be the other end; make one by Async\Channel::create() before
The parent's end in the task, and in a sibling; the task's end as a result:
Async\AsyncError: this end of the channel is the parent's, in its own process: a task has its end by Async\channel(), and other processes share an Async\Channel::create()
Async\AsyncError: this end of the channel is the parent's, in its own process: a task has its end by Async\channel(), and other processes share an Async\Channel::create()
What cannot be sent, and arguments:
Async\NotSerializableException: the message of type Async\Channel cannot be sent: Serialization of 'Async\Channel' is not allowed
Async\NotSerializableException: the message with resource (stream) at $message["deep"][1] cannot be sent: a resource belongs to the process that opened it
ValueError: Async\Channel::send(): Argument #2 ($timeout) must be greater than or equal to 0
ValueError: Async\Channel::receive(): Argument #1 ($timeout) must not be NAN
Async\TimeoutException: no message within 0 s
ArgumentCountError: Async\Future::channel() expects exactly 0 arguments, 1 given
Async\AsyncError: this end of the channel is the parent's, in its own process: a task has its end by Async\channel(), and other processes share an Async\Channel::create()
Async\NotSerializableException: task #N (pid N) returned a value of type Async\Channel that cannot be serialized: Serialization of 'Async\Channel' is not allowed
Async\NotSerializableException: the message of type Closure cannot be sent: Serialization of 'Closure' is not allowed
Async\AsyncError: a task's end of the channel to its parent has no stream: call receive() with a time limit, or share an Async\Channel::create(), which has one
Closed, by either side: the other one can still send:
last
Async\ChannelClosedException: no message can be received: the channel was closed by process N
closed
Async\ChannelClosedException: no message can be sent: the channel was closed by this process
Async\ChannelClosedException: no message can be sent: the channel was closed by this process
Async\ChannelClosedException: no message can be received: the channel was closed by process N
Async\ChannelClosedException: no message can be sent: task #N (pid N) has ended
Async\ChannelClosedException: no message can be received: task #N (pid N) has ended
An end that is left of a task, in a worker that runs another one:
Async\ChannelClosedException: no message can be sent: the task whose channel this is has ended
Async\ChannelClosedException: no message can be received: the task whose channel this is has ended
closed, 0
