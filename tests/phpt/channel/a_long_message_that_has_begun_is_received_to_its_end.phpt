--TEST--
A message of several parts is received to its end, also by who does not want to wait
--FILE--
<?php
use Async\{Channel, TimeoutException};
use function Async\{async, await};

$channel = Channel::create(4);
$task = async(function () use ($channel): string {
    foreach ([1, 3, 5] as $mebibytes) {
        $channel->send(str_repeat((string) $mebibytes, $mebibytes << 20));
    }
    $channel->send('short');
    return 'all sent';
});
$stream = $channel->stream();
for ($received = 0; $received < 4;) {
    $read = [$stream];
    $write = $except = null;
    @stream_select($read, $write, $except, 20); // a signal of the notifier may end it
    try {
        $message = $channel->receive(0);
    } catch (TimeoutException) {
        continue;   // the stream may be readable a little longer
    }
    $received++;
    echo substr($message, 0, 5), ' ', strlen($message), "\n";
}
echo await($task), "\n";
--EXPECT--
11111 1048576
33333 3145728
55555 5242880
short 5
all sent
