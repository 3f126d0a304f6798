--TEST--
A message that is lost with its sender is told once, and before it is told that nobody is left who could send another one
--FILE--
<?php
use Async\{Channel, ChannelClosedException, Future, ProcessDiedException};
use function Async\{async, await, select};

require __DIR__ . '/../../support/sync.php';

/** What the next receivers get. */
function gets(Channel $channel, ?Future &$sender, int $times): string
{
    $told = [];
    for ($i = 0; $i < $times; $i++) {
        try {
            $channel->receive();
            $told[] = 'a message';
        } catch (ProcessDiedException $e) {
            $told[] = $e->pid === $sender->pid() ? 'lost with its sender' : 'lost with whom?';
        } catch (ChannelClosedException) {
            $told[] = 'nobody is left';
        }
    }
    return implode(', ', $told);
}

/** Starts a task that sends, and waits until it is in the middle of a message that is longer than the ring. */
function sender(Channel $channel): Future
{
    $sender = async(fn () => $channel->send(str_repeat('x', 4 << 20)))->start();
    select([$channel]);
    return $sender;
}

function kill(Future $sender): void
{
    posix_kill($sender->pid(), SIGKILL);
    try {
        await($sender);
    } catch (ProcessDiedException) {
    }
}

// It dies before anybody receives.
$channel = Channel::create(4);
$sender = sender($channel);
kill($sender);
echo gets($channel, $sender, 2), "\n";

// It dies while the receiver of this message waits for its next part, and is not seen to be dead before it is time to
// look who is left: the receiver runs the handlers that kill it.
$channel = Channel::create(4);
$sender = sender($channel);
posix_kill($sender->pid(), SIGSTOP);
in_state($sender->pid(), 'T');
async(fn () => 1)->then(function () use ($sender): void {
    async(fn () => 2)->then(function () use ($sender): void {
        kill($sender);
        for ($until = hrtime(true) + 150_000_000; hrtime(true) < $until;) {
        }
    });
});
echo gets($channel, $sender, 2), "\n";

// It comes and dies while a receiver waits for the beginning of a message.
$channel = Channel::create(4);
$sender = null;
async(fn () => 1)->then(function () use ($channel, &$sender): void {
    kill($sender = sender($channel));
});
echo gets($channel, $sender, 2), "\n";

// Whole messages before it come before it.
$channel = Channel::create(4);
$sender = async(function () use ($channel): void {
    $channel->send('whole');
    $channel->send(str_repeat('x', 4 << 20));
})->start();
select([$channel]);
in_state($sender->pid(), 'S');
kill($sender);
echo gets($channel, $sender, 3), "\n";
?>
--EXPECT--
lost with its sender, nobody is left
lost with its sender, nobody is left
lost with its sender, nobody is left
a message, lost with its sender, nobody is left
