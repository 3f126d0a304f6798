--TEST--
The stream of a future's channel is readable when its task has sent or ended, and that of a pool when there is a message for its handler
--FILE--
<?php
use Async\{ChannelClosedException, Future, Pool, TimeoutException};
use function Async\{await, channel};

/** Waits as an event loop does; a signal cuts that short. False when it takes so long that nothing will come any more. */
function is_readable_soon($stream): bool
{
    [$read, $none] = [[$stream], null];
    return @stream_select($read, $none, $none, 30) !== 0;
}

$task = function (): void {
    foreach ([1, 2, 3] as $i) {
        channel()->send($i);
        channel()->receive();
    }
    channel()->send('last');
};
foreach (['isolated' => Pool::create(), 'warm' => Pool::create()->tasksPerChild(0)] as $kind => $pool) {
    $channel = $pool->add($task)->channel();
    $stream = $channel->stream();
    while (is_readable_soon($stream)) {
        try {
            while (true) {
                $message = $channel->receive(0);
                echo $kind, ' ', $message, "\n";
                $message === 'last' || $channel->send('go on');
            }
        } catch (TimeoutException) {
            // It was other news, or there is no more at the moment.
        } catch (ChannelClosedException) {
            break;
        }
    }
    await($pool);
    echo $stream === $channel->stream() && is_readable_soon($stream) ? "closed\n" : "nothing\n";

    $got = [];
    $pool->onMessage(function (mixed $message, Future $from) use (&$got): void {
        $got[] = $message;
        $message === 'last' || $from->channel()->send('go on');
    });
    $stream = $pool->stream();
    $future = $pool->add($task);
    while (count($got) < 4 && is_readable_soon($stream)) {
        $pool->tick();
    }
    echo $kind, ' ', implode(' ', $got), "\n";
    await($future);
}
?>
--EXPECT--
isolated 1
isolated 2
isolated 3
isolated last
closed
isolated 1 2 3 last
warm 1
warm 2
warm 3
warm last
closed
warm 1 2 3 last
