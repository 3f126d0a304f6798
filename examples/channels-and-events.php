<?php

// What the pages of ext-parallel on channels and events show, with processes in place of threads: a channel with a capacity
// between several of them, and one loop in the parent for whatever happens, be it a message or the end of a task.
//
// usage: php -d extension=/path/to/libasync.so examples/channels-and-events.php

declare(strict_types=1);

use Async\{Channel, ChannelClosedException, Future, Pool};

use function Async\{async, await, channel};

// parallel\Channel::make(), send() and recv(): the producer is held back at the capacity of the channel.
$channel = Channel::create(2);
$producer = async(function () use ($channel): string {
    for ($count = 1; $count <= 10; $count++) {
        $channel->send($count);
    }
    $channel->send(false);
    return 'produced';
});
$numbers = [];
while (($count = $channel->receive()) !== false) {
    $numbers[] = $count;
}
printf("%s: %s\n", await($producer), implode(' ', $numbers));
$right = $numbers === range(1, 10);

// parallel\Channel\Error\Closed.
$channel->close();
try {
    $channel->send('too late');
    $right = false;
} catch (ChannelClosedException $e) {
    printf("%s\n", $e->getMessage());
}

// parallel\Events: futures and channels in one loop. A message is an event of type Read with the name of its source; so is
// the end of a task. Here the messages of all tasks of a pool come to one function, while a loop has the tasks that end.
$pool = Pool::create()->concurrency(3);
$events = [];
$pool->onMessage(function (mixed $message, Future $source) use (&$events): void {
    $events[$source->key()][] = "read $message";
});
foreach (['a' => 3, 'b' => 1, 'c' => 2] as $name => $messages) {
    $pool->add(function () use ($messages): int {
        for ($i = 1; $i <= $messages; $i++) {
            channel()->send($i);
        }
        return $messages;
    }, $name);
}
foreach ($pool as $name => $future) {
    $events[$name][] = 'ended with ' . await($future);
}
ksort($events);
foreach ($events as $name => $of) {
    printf("%s: %s\n", $name, implode(', ', $of));
}
$right = $right && $events === [
    'a' => ['read 1', 'read 2', 'read 3', 'ended with 3'],
    'b' => ['read 1', 'ended with 1'],
    'c' => ['read 1', 'read 2', 'ended with 2'],
];

// parallel\Events\Input: what the loop gives to a task that waits for it.
$pool->onMessage(function (string $wanted, Future $source) use (&$given): void {
    $given[] = $wanted;
    $source->channel()->send(strtoupper($wanted));
});
foreach (['left', 'right'] as $hand) {
    $pool->add(function () use ($hand): string {
        channel()->send($hand);
        return channel()->receive();
    }, $hand);
}
$values = array_intersect_key(await($pool), ['left' => 0, 'right' => 0]);
printf("%s\n", implode(' ', $values));
sort($given);

if (!$right || $values !== ['left' => 'LEFT', 'right' => 'RIGHT'] || $given !== ['left', 'right']) {
    fwrite(STDERR, "the events are wrong\n");
    exit(1);
}
