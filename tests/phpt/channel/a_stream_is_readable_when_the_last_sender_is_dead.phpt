--TEST--
stream() is readable when the last process that could send has been killed, or has ended; receive(0) says why then
--FILE--
<?php
use Async\{Channel, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

/** Is it readable, by the time that it should be? */
function readable(mixed $stream, float $seconds = 0): string
{
    do { // a signal of the notifier ends a wait
        [$read, $none] = [[$stream], null];
        $count = @stream_select($read, $none, $none, (int) $seconds);
    } while ($count === false);
    return $count === 1 ? 'readable' : 'not readable';
}

$alone = Channel::create();
echo 'nobody yet: ', readable($alone->stream()), ', ', told(fn () => $alone->receive(0)), "\n";

$channel = Channel::create();
$gates = [new Gate(), new Gate(), new Gate()];
$sender = fn (Gate $gate) => async(function () use ($channel, $gate): void {
    $gate->pass();
    $channel->send('last words');
    $gate->pass();
    posix_kill(getmypid(), SIGKILL);
});
$first = $sender($gates[0]);
$stream = $channel->stream();
$second = $sender($gates[1]);
echo 'two: ', readable($stream), "\n";
foreach ([0, 1] as $which) {
    $gates[$which]->open();
    echo readable($stream, PATIENCE), ' ', $channel->receive(0), ', ', readable($stream), "\n";
}
$gates[0]->open();
// This one is not the last: the stream may be readable until somebody looks.
echo 'one: ', told(fn () => await([$first])), ', ', told(fn () => $channel->receive(0)), ', ', readable($stream), "\n";
$gates[1]->open();
echo 'none: ', readable($stream, PATIENCE), ', ', told(fn () => $channel->receive(0)), ', ', readable($stream), "\n";
echo told(fn () => await($second)), "\n";

$third = $sender($gates[2]);
$gates[2]->open();
while (true) {
    try {
        $message = $channel->receive(0);
        break;
    } catch (Async\TimeoutException) {
        readable($stream, PATIENCE);
    }
}
echo 'another: ', $message, "\n", readable($stream), "\n";
$gates[2]->open();
echo 'none again: ', readable($stream, PATIENCE), ', ', told(fn () => $channel->receive(0)), "\n";
echo told(fn () => await([$third])), "\n"; // and its process is gone, which counts as one that might send

echo "-- reaped before anybody looked, with a message left\n";
$left = Channel::create();
$stream = $left->stream();
await([async(fn () => $left->send('left'))]); // as above
echo readable($stream), ' ', $left->receive(0), ', ', readable($stream), ', ', told(fn () => $left->receive(0)), "\n";
?>
--EXPECTF--
nobody yet: not readable, Async\TimeoutException: no message within 0 s
two: not readable
readable last words, not readable
readable last words, not readable
one: Async\ProcessDiedException: %sSIGKILL%s, Async\TimeoutException: no message within 0 s, not readable
none: readable, Async\ChannelClosedException: no message can be received: no other process is there that could send one%s, readable
Async\ProcessDiedException: %sSIGKILL%s
another: last words
not readable
none again: readable, Async\ChannelClosedException: no message can be received: no other process is there that could send one%s
Async\ProcessDiedException: %sSIGKILL%s
-- reaped before anybody looked, with a message left
readable left, readable, Async\ChannelClosedException: no message can be received: no other process is there that could send one%s
