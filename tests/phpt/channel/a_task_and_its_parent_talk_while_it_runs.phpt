--TEST--
A task sends while it runs and gets what its parent sends, before it begins and after, isolated or in a worker that is older
--FILE--
<?php
use Async\{Channel, ChannelClosedException, Pool, Status};
use function Async\{async, await, channel};

// Partial results, which the parent has while the task runs: the task waits for its answer.
$task = async(function (): string {
    $parent = channel();
    foreach (['first', 'second'] as $part) {
        $parent->send(['part' => $part]);
        if ($parent->receive() !== "have $part") {
            return 'wrong answer';
        }
    }
    return 'all told';
});
foreach ($task->channel() as $i => $message) {
    echo $i, ' ', $message['part'], ' ', $task->status()->name, "\n";
    $task->channel()->send("have $message[part]");
}
echo await($task), "\n";

// Nobody has asked for the channel when the task sends, and the task has ended when it is received.
$task = async(function (): void {
    channel()->send('a');
    channel()->send(str_repeat('b', 20000));
    channel()->send('c');
});
await($task);
$channel = $task->channel();
echo count($channel), ' ', $channel->isClosed() ? 'closed' : 'open', "\n";
echo implode(' ', array_map(fn (string $text) => $text[0] . strlen($text), iterator_to_array($channel))), "\n";

// Warm workers: what was sent before a task begins is there when it does, for each task its own.
$echo = function (): array {
    $got = [];
    foreach (channel() as $message) {
        channel()->send("$message back");
        $got[] = $message;
    }
    return $got;
};
foreach ([Pool::create()->concurrency(1)->tasksPerChild(0), Pool::create()->concurrency(1)] as $pool) {
    $worker = await($pool->add(fn () => getmypid()));
    $futures = [];
    foreach (['x', 'y', 'z'] as $key) {
        $futures[$key] = $pool->add($echo, $key);
        $futures[$key]->channel()->send("$key 1");
        $futures[$key]->channel()->send("$key 2");
        $futures[$key]->channel()->close();
    }
    foreach ($futures as $key => $future) {
        echo implode(', ', iterator_to_array($future->channel())), ' | ', implode(', ', await($future)), "\n";
    }
    echo $futures['z']->pid() === $worker ? "a worker that was there\n" : "a process of its own\n";
}

// Messages of any size, both ways.
$task = async(fn () => channel()->send(strrev(channel()->receive())));
$long = random_bytes(3_000_000);
$task->channel()->send($long);
echo $task->channel()->receive() === strrev($long) ? "whole\n" : "not whole\n";
await($task);

// More than fits, while the parent does something else; and to a task that does not look.
$task = async(function (): int {
    for ($i = 0; $i < 1000; $i++) {
        channel()->send($i);
    }
    return channel()->receive();
});
for ($i = 0; $i < 64; $i++) {
    $task->channel()->send($i);
}
try {
    $task->channel()->send('one too many', 0);
} catch (Async\TimeoutException $e) {
    echo $e->getMessage(), "\n";
}
echo array_sum(iterator_to_array($task->channel())), ' ', await($task), "\n";
?>
--EXPECT--
0 first Running
1 second Running
all told
3 closed
a1 b20000 c1
x 1 back, x 2 back | x 1, x 2
y 1 back, y 2 back | y 1, y 2
z 1 back, z 2 back | z 1, z 2
a worker that was there
x 1 back, x 2 back | x 1, x 2
y 1 back, y 2 back | y 1, y 2
z 1 back, z 2 back | z 1, z 2
a process of its own
whole
no room for a message within 0 s: the channel holds 64, and nobody has received one
499500 0
