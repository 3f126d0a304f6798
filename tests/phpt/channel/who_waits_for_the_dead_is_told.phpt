--TEST--
The death of the last other process ends a wait, of a receiver and of a sender; alone, one is told at once
--FILE--
<?php
use Async\{Channel, ChannelClosedException, ProcessDiedException};
use function Async\{async, await};

function told(callable $what): void
{
    try {
        $what();
        echo "nothing was told\n";
    } catch (ChannelClosedException $e) {
        echo $e->getMessage(), "\n";
    }
}

$alone = Channel::create(1);
told(fn () => $alone->receive());
$alone->send(1);
told(fn () => $alone->send(2));

$channel = Channel::create(1);
$sender = async(function () use ($channel): void {
    $channel->send('last words');
    posix_kill(getmypid(), SIGKILL);
});
echo $channel->receive(), "\n";
told(fn () => $channel->receive());
try {
    await($sender);
} catch (ProcessDiedException $e) {
    echo $e->signalName, "\n";
}

$receiver = async(function () use ($channel): void {
    $channel->receive();
    posix_kill(getmypid(), SIGKILL);
});
$channel->send('received');
$channel->send('buffered');
told(fn () => $channel->send('too much'));
try {
    await($receiver);
} catch (ProcessDiedException $e) {
    echo $e->signalName, "\n";
}

// Of two tasks one waits for the other, while their parent has the channel, too, and waits for both.
$both = Channel::create(1);
$waits = async(function () use ($both): string {
    try {
        return $both->receive(10);
    } catch (ChannelClosedException $e) {
        return 'told';
    }
});
$both->send('from the parent');
echo await($waits), "\n";
?>
--EXPECT--
no message can be received: no other process is there that could send one; those that had the channel have ended, or were forked before it was made
no message can be sent: 1 are in the channel already, and no other process is there that could receive one; those that had the channel have ended, or were forked before it was made
last words
no message can be received: no other process is there that could send one; those that had the channel have ended, or were forked before it was made
SIGKILL
no message can be sent: 1 are in the channel already, and no other process is there that could receive one; those that had the channel have ended, or were forked before it was made
SIGKILL
from the parent
