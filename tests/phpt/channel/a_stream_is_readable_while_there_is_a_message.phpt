--TEST--
stream() is readable while a message can be received, and when the channel is closed, not before and not after
--FILE--
<?php
use Async\Channel;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

function readable(mixed $stream, float $seconds = 0): string
{
    do { // a signal of the notifier ends a wait
        [$read, $none] = [[$stream], null];
        $count = @stream_select($read, $none, $none, (int) $seconds);
    } while ($count === false);
    return $count === 1 ? 'readable' : 'not readable';
}

$channel = Channel::create();
$stream = $channel->stream();
var_dump($stream === $channel->stream());
echo readable($stream), "\n";
$gate = new Gate();
$task = async(function () use ($channel, $gate): void {
    $channel->send('one');
    $channel->send('two');
    $gate->pass();
    $channel->send('three');
    $gate->pass();
    $channel->close();
    $gate->pass(); // its end would make the stream readable, too
});
echo readable($stream, PATIENCE), ' ', readable($stream), "\n";
echo $channel->receive(), ' ', $channel->receive(), ' ', readable($stream), "\n";
$gate->open();
echo readable($stream, PATIENCE), ' ', $channel->receive(), ' ', readable($stream), "\n";
$gate->open();
echo readable($stream, PATIENCE), "\n";
$gate->open();
await([$task]); // until its process is gone, whose end makes every stream readable

$before = Channel::create();
$before->send('was there before');
echo readable($before->stream()), ' ', $before->receive(), ' ', readable($before->stream()), "\n";
?>
--EXPECT--
bool(true)
not readable
readable readable
one two not readable
readable three not readable
readable
readable was there before not readable
