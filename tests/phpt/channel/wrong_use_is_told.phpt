--TEST--
Wrong capacities, time limits and messages are told, each by its class, and a message with the path to what cannot be sent
--FILE--
<?php
use Async\Channel;

function told(callable $what): void
{
    try {
        $what();
        echo "nothing was told\n";
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), isset($e->path) ? " ({$e->type} at {$e->path})" : '', "\n";
    }
}

foreach ([0, -1, 1 << 20, PHP_INT_MAX] as $capacity) {
    told(fn () => Channel::create($capacity));
}
told(fn () => Channel::create('many'));
$channel = Channel::create();
told(fn () => $channel->receive(NAN));
told(fn () => $channel->receive(-1));
told(fn () => $channel->send(1, NAN));
told(fn () => $channel->send(['rows' => [1, fn () => 2]]));
told(fn () => $channel->send(STDIN));
told(fn () => $channel->send([$channel]));
told(fn () => serialize($channel));
told(fn () => clone $channel);
told(fn () => new Channel());
told(fn () => $channel->receive(0));
echo count($channel), "\n";
?>
--EXPECT--
ValueError: Async\Channel::create(): Argument #1 ($capacity) must be greater than or equal to 1
ValueError: Async\Channel::create(): Argument #1 ($capacity) must be greater than or equal to 1
ValueError: Async\Channel::create(): Argument #1 ($capacity) must be less than or equal to 1048575
ValueError: Async\Channel::create(): Argument #1 ($capacity) must be less than or equal to 1048575
TypeError: Async\Channel::create(): Argument #1 ($capacity) must be of type int, string given
ValueError: Async\Channel::receive(): Argument #1 ($timeout) must not be NAN
ValueError: Async\Channel::receive(): Argument #1 ($timeout) must be greater than or equal to 0
ValueError: Async\Channel::send(): Argument #2 ($timeout) must not be NAN
Async\NotSerializableException: the message with Closure at $message["rows"][1] cannot be sent: Serialization of 'Closure' is not allowed (Closure at ["rows"][1])
Async\NotSerializableException: the message of type resource (stream) cannot be sent: a resource belongs to the process that opened it (resource (stream) at )
Async\NotSerializableException: the message with Async\Channel at $message[0] cannot be sent: Serialization of 'Async\Channel' is not allowed (Async\Channel at [0])
Exception: Serialization of 'Async\Channel' is not allowed
Error: Trying to clone an uncloneable object of class Async\Channel
Error: Call to private Async\Channel::__construct() from global scope
Async\TimeoutException: no message within 0 s
0
