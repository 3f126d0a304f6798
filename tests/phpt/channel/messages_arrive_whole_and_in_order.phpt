--TEST--
Messages of every kind and size arrive whole and in order, and what is buffered can be read after close()
--FILE--
<?php
use Async\{Channel, ChannelClosedException};
use function Async\{async, await};

$channel = Channel::create();
$messages = static function (): Generator {
    yield null;
    yield from [true, 42, -1.5, '', 'text', ['a' => [1, 2, ['b' => null]]], new ArrayObject([1]), new DateTimeImmutable('2026-01-01 UTC')];
    foreach ([1, 15, 16, 17, 32751, 32752, 32753, 131071, 131072, 131073, 5_000_000] as $size) {
        yield str_repeat(chr(97 + $size % 26), $size);
    }
    yield range(1, 300_000);
    for ($i = 0; $i < 1000; $i++) {
        yield ['row' => $i];
    }
};
$sender = async(function () use ($channel, $messages): string {
    foreach ($messages() as $message) {
        $channel->send($message);
    }
    $channel->close();
    return 'sent';
});
$wrong = $count = 0;
$expected = $messages();
foreach ($channel as $i => $message) {
    $wrong += $i !== $count || $message != $expected->current() || gettype($message) !== gettype($expected->current());
    $expected->next();
    $count++;
}
echo $count, ' received, ', $wrong, " wrong, all: ", var_export(!$expected->valid(), true), "\n";
echo await($sender), "\n";

$few = Channel::create(3);
$few->send('a');
$few->send('b');
$few->close();
echo count($few), $few->receive(), $few->receive(), count($few), "\n";
foreach (['receive' => [], 'send' => [1]] as $method => $arguments) {
    try {
        $few->$method(...$arguments);
    } catch (ChannelClosedException $e) {
        echo str_replace((string) getmypid(), 'PID', $e->getMessage()), "\n";
    }
}
foreach ($few as $none) {
    echo "there is one\n";
}
$few->close();
var_dump($few->isClosed());
?>
--EXPECT--
1021 received, 0 wrong, all: true
sent
2ab0
no message can be received: the channel was closed by this process
no message can be sent: the channel was closed by this process
bool(true)
