--TEST--
receive(0) and send(..., 0) tell that no process is left that has the channel, also to who asks again and again
--FILE--
<?php
use Async\{Channel, ChannelClosedException, Pool, TimeoutException};
use function Async\{async, await};

function polls(callable $ask): string
{
    while (true) {
        try {
            return $ask() ?? 'done';
        } catch (TimeoutException) {
            usleep(1000);
        } catch (ChannelClosedException $e) {
            return preg_replace('/\d+/', 'N', $e->getMessage());
        }
    }
}

$channel = Channel::create();
$sender = async(function () use ($channel) {
    $channel->send('one');
    exit(1);
})->catch(fn () => null);
$sender->start();
echo polls(fn () => $channel->receive(0)), "\n";
await($sender);
echo polls(fn () => $channel->receive(0)), "\n";
echo polls(fn () => $channel->receive(0.001)), "\n";

$channel = Channel::create(1);
$receiver = async(fn () => $channel->receive());
$receiver->start();
$channel->send('to the task');
echo await($receiver), "\n";
echo polls(fn () => $channel->send('finds room', 0)), "\n";
echo polls(fn () => $channel->send('finds none', 0)), "\n";

echo "While a task runs that has it, that is no reason:\n";
$gate = Channel::create();
$task = async(function () use ($gate, $channel) {
    $gate->receive();
    return $channel->receive();
});
$task->start();
for ($asked = 0; $asked < 300; $asked++) {
    try {
        $channel->send('no room yet', 0);
    } catch (TimeoutException) {
        usleep(1000);
    }
}
$gate->send('go on');
echo await($task), "\n";

echo "A task that has not begun is a process that is to come: ";
$pool = new Pool();
(function (Async\Future $future): void {
    for ($asked = 0; $asked < 3; $asked++) {
        try {
            $future->channel()->receive(0);
        } catch (Exception $e) {
            echo $e::class, ' ';
        }
    }
    echo $future->channel()->receive(20), "\n";
})(async(fn () => Async\channel()->send('here it is')));
?>
--EXPECT--
one
no message can be received: no other process is there that could send one; those that had the channel have ended, or were forked before it was made
no message can be received: no other process is there that could send one; those that had the channel have ended, or were forked before it was made
to the task
done
no message can be sent: N are in the channel already, and no other process is there that could receive one; those that had the channel have ended, or were forked before it was made
While a task runs that has it, that is no reason:
finds room
A task that has not begun is a process that is to come: Async\TimeoutException Async\TimeoutException Async\TimeoutException here it is
