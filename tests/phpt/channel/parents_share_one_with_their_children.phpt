--TEST--
A channel that several parents have is one: what the child of one sends the child of another receives, and a close is seen by all
--FILE--
<?php
use Async\{Channel, ChannelClosedException};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

[$channel, $back] = [Channel::create(2), Channel::create(2)];
$numbers = async(function () use ($channel): string {
    // Its own handle, and that of its child, of the same channel.
    await(async(function () use ($channel): void {
        for ($i = 1; $i <= 50; $i++) {
            $channel->send($i);
        }
    }));
    $channel->close();
    return 'sent';
});
$sums = async(function () use ($channel, $back): string {
    $tasks = [];
    for ($i = 0; $i < 2; $i++) {
        $tasks[] = async(function () use ($channel, $back): void {
            $sum = 0;
            foreach ($channel as $number) {
                $sum += $number;
            }
            $back->send($sum);
        });
    }
    await($tasks);
    return 'received';
});
echo $back->receive() + $back->receive(), ' ', await($numbers), ' ', await($sums), "\n";
var_dump($channel->isClosed());
try {
    $channel->send(1);
} catch (ChannelClosedException $e) {
    echo preg_replace('/\d+/', 'N', $e->getMessage()), "\n";
}
?>
--EXPECTF--
1275 sent received
bool(true)
no message can be sent: %s
