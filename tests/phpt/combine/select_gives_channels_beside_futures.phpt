--TEST--
select() gives channels, too: those with a message, closed ones, and those to which nobody is left to send
--FILE--
<?php
use Async\{Channel, ChannelClosedException, Pool, ProcessDiedException};
use function Async\{async, await, select};

require __DIR__ . '/../../support/sync.php';

function keys(iterable $what, ?float $timeout = PATIENCE): string
{
    return json_encode(array_keys(select($what, $timeout)));
}

$gate = new Gate();
$channel = Channel::create();
$task = async(function () use ($channel, $gate): string {
    $channel->send('first');
    $gate->pass();
    $channel->send('second');
    $gate->pass();
    return 'value';
});
$what = ['task' => $task, 'channel' => $channel];
$ready = select($what);
var_dump(array_keys($ready) === ['channel'], $ready['channel'] === $channel);
echo $channel->receive(), "\n";
var_dump(select($what, 0), select($what, 0.01));
$gate->open();
echo keys($what), ' ', $channel->receive(), "\n";
$gate->open();
echo keys($what), ' ', await($task), "\n";

echo "-- the same channel twice, and in an iterator\n";
$one = Channel::create();
$one->send(1);
echo keys((function () use ($one) {
    yield 'a' => $one;
    yield 'b' => $one;
})()), "\n";

echo "-- closed\n";
$closed = Channel::create();
$task = async(function () use ($closed, $gate): void {
    $gate->pass();
    $closed->close();
    $gate->never();
});
$gate->open();
echo keys([$closed, $task]), ' ', told(fn () => $closed->receive()), "\n";
$task->cancel();

echo "-- nobody is left\n";
$alone = Channel::create();
echo keys(['alone' => $alone], null), ' ', told(fn () => $alone->receive()), "\n";
$deserted = Channel::create();
$task = async(fn () => [$deserted, posix_kill(getmypid(), SIGKILL)]);
try {
    await($task);
} catch (ProcessDiedException) {
    echo keys(['deserted' => $deserted], null), ' ', told(fn () => $deserted->receive(0)), "\n";
}
$waits = Channel::create();
$task = async(function () use ($waits, $gate): void {
    $gate->pass();
    posix_kill(getmypid(), SIGKILL);
});
$gate->open();
echo keys(['waits' => $waits], null), ' ', told(fn () => $waits->receive()), "\n";
echo told(fn () => await($task)), "\n";

echo "-- more than have a descriptor\n";
$channels = array_map(fn () => Channel::create(1), range(0, 299));
$task = async(function () use ($channels, $gate): void {
    $gate->pass();
    $channels[299]->send('last');
    $gate->pass();
    $channels[5]->send('with a descriptor');
    $gate->never();
});
$gate->open();
echo keys($channels), ' ', $channels[299]->receive(), "\n";
$gate->open();
echo keys($channels), ' ', $channels[5]->receive(), "\n";
$task->cancel();
unset($channels, $task);

echo "-- in a task, over the channels of two others\n";
[$left, $right, $sum] = [Channel::create(), Channel::create(), 0];
$pool = Pool::create()->concurrency(3);
$pool['sum'] = function () use ($left, $right): int {
    $open = ['left' => $left, 'right' => $right];
    for ($sum = 0; $open !== []; ) {
        foreach (select($open, PATIENCE) as $key => $channel) {
            try {
                $sum += $channel->receive(0);
            } catch (ChannelClosedException) {
                unset($open[$key]);
            }
        }
    }
    return $sum;
};
foreach ([$left, $right] as $channel) {
    $pool[] = function () use ($channel): void {
        for ($i = 1; $i <= 100; $i++) {
            $channel->send($i);
        }
        $channel->close();
    };
}
echo await($pool)['sum'], "\n";

echo "-- the channels of tasks\n";
$tasks = [];
foreach (['a', 'b'] as $name) {
    $tasks[$name] = async(function () use ($name): void {
        $own = Async\channel();
        select(['own' => $own], PATIENCE);
        $own->send($name . $own->receive(0));
    });
}
$ends = array_map(fn (Async\Future $task) => $task->channel(), $tasks);
var_dump(select($ends, 0));
foreach (['b', 'a'] as $name) {
    $ends[$name]->send(1);
    echo keys($ends), ' ', $ends[$name]->receive(0), "\n";
    await($tasks[$name]);
    echo keys($ends), ' ', told(fn () => $ends[$name]->receive(0)), "\n";
    unset($ends[$name]);
}

echo "-- wrong\n";
echo told(fn () => select([$channel, 5])), "\n";
?>
--EXPECTF--
bool(true)
bool(true)
first
array(0) {
}
array(0) {
}
["channel"] second
["task"] value
-- the same channel twice, and in an iterator
["a","b"]
-- closed
[0] Async\ChannelClosedException: %s
-- nobody is left
["alone"] Async\ChannelClosedException: no message can be received: no other process is there that could send one%s
["deserted"] Async\ChannelClosedException: no message can be received: no other process is there that could send one%s
["waits"] Async\ChannelClosedException: no message can be received: no other process is there that could send one%s
Async\ProcessDiedException: %sSIGKILL%s
-- more than have a descriptor
[299] last
[5] with a descriptor
-- in a task, over the channels of two others
10100
-- the channels of tasks
array(0) {
}
["b"] b1
["b"] Async\ChannelClosedException: %s
["a"] a1
["a"] Async\ChannelClosedException: %s
-- wrong
TypeError: Async\select(): Argument #1 ($what) must contain only values of type Async\Future|Async\Channel, int given
