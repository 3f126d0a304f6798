--TEST--
With async.mode=sync a task that waits for room, for a message or for a lock that only its own process could give is told so, and waits for nothing
--INI--
async.mode=sync
--FILE--
<?php
use Async\{Channel, Mutex, Semaphore};
use function Async\{async, await, select};

require __DIR__ . '/../../support/sync.php';

$channel = Channel::create(2);
$mutex = new Mutex();
$semaphore = new Semaphore(1);
$mutex->acquire();
$semaphore->acquire();
await(async(function () use ($channel, $mutex, $semaphore): void {
    $channel->send(1);
    $channel->send(2);
    echo told(fn () => $channel->send(3)), "\n";
    echo $channel->receive() + $channel->receive(), "\n";
    echo told(fn () => $channel->receive()), "\n";
    echo json_encode(array_keys(select(['channel' => $channel]))), "\n";
    echo preg_replace('/pid \d+/', 'pid N', told(fn () => $mutex->acquire())), "\n";
    echo preg_replace('/pid \d+/', 'pid N', told(fn () => $semaphore->acquire())), "\n";
}));

// A task that has not begun could still end a wait.
$pool = Async\Pool::create()->concurrency(1);
$pool->add(fn () => $channel->send('from the next task'));
echo $channel->receive(), "\n";
?>
--EXPECT--
Async\ChannelClosedException: no message can be sent: 2 are in the channel already, and no other process is there that could receive one; those that had the channel have ended, or were forked before it was made
3
Async\ChannelClosedException: no message can be received: no other process is there that could send one; those that had the channel have ended, or were forked before it was made
["channel"]
Async\LockException: this process (pid N) holds the lock already, and would wait for itself for ever; release it first
Async\LockException: this process (pid N) holds all permits of the semaphore (1) already, and would wait for itself for ever; release one first
from the next task
