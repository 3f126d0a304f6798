--TEST--
A sender waits while the channel is full, and goes on with each message that is received
--FILE--
<?php
use Async\{Channel, TimeoutException};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$channel = Channel::create(3);
$sender = async(function () use ($channel): void {
    for ($i = 0; $i < 6; $i++) {
        $channel->send($i);
    }
});
while (count($channel) < 3) {
    usleep(1000);
}
echo $channel->receive(), $channel->receive(), "\n";
while (count($channel) < 3) {
    usleep(1000);
}
echo count($channel), "\n";
for ($i = 2; $i < 6; $i++) {
    echo $channel->receive();
}
echo "\n";
await($sender);

$full = Channel::create(1);
$full->send('x');
$holder = async(fn () => $full->receive(PATIENCE) && $full->receive(PATIENCE));
$full->send('y', PATIENCE);
await([$holder]); // until its process is gone, which would be named below
[$gate, $begun] = [new Gate(), new Gate()];
// Of those that have the channel, a time limit names who could have gone on.
$pool = Async\Pool::create();
$idle = $pool['idle'] = async(fn () => $begun->open() ?? $gate->pass());
while ($idle->pid() === null) {
    $pool->tick();
}
$begun->pass(); // it is among those that have the channel when it has begun
$full->send('z');
try {
    $full->send('too much', 0.02);
} catch (TimeoutException $e) {
    echo strtr($e->getMessage(), [$idle->pid() => 'PID']), "\n";
}
try {
    $full->receive();
    $full->receive(0.02);
} catch (TimeoutException $e) {
    echo strtr($e->getMessage(), [$idle->pid() => 'PID']), "\n";
}
$gate->open();
await($idle);
?>
--EXPECT--
01
3
2345
no room for a message within 0.02 s: the channel holds 1, and nobody has received one; who could receive one: task "idle" (pid PID)
no message within 0.02 s; who could send one: task "idle" (pid PID)
