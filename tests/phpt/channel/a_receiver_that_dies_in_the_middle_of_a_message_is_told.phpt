--TEST--
A receiver that is killed in the middle of a long message costs that message, the next receiver is told of it once, and gets the next one
--FILE--
<?php
use Async\{Channel, ProcessDiedException};
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
for ($told = null, $round = 0; $told === null && $round < 50; $round++) {
    $channel = Channel::create(4);
    $sender = async(function () use ($channel): void {
        $channel->send(str_repeat('x', 1_000_000)); // longer than the room
        $channel->send('next');
    });
    while ($sender->pid() === null) {
        usleep(100);
    }
    in_state($sender->pid(), 'S');
    posix_kill($sender->pid(), SIGSTOP); // it goes no further than the first pieces
    in_state($sender->pid(), 'T');
    $receiver = async(function () use ($channel, $gate): void {
        $gate->open();
        $channel->receive();
    });
    $gate->pass();
    in_state($receiver->pid(), 'S');
    posix_kill($receiver->pid(), SIGKILL);
    settle([$receiver]);
    posix_kill($sender->pid(), SIGCONT);
    try {
        $channel->receive(PATIENCE); // it had read nothing yet, or the sender had not begun
    } catch (ProcessDiedException $e) {
        $told = str_replace((string) $receiver->pid(), 'PID', $e->getMessage());
    }
    echo $told === null ? '' : "$told\n{$channel->receive(PATIENCE)}\n";
    $channel->close();
    settle([$sender]);
}
?>
--EXPECT--
process PID ended, or gave up, in the middle of a message that it received: that message is lost, the channel works on
next
