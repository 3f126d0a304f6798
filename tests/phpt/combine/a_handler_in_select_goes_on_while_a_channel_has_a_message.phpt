--TEST--
What runs while select() waits goes on although one of its channels has a message, which only select() looks after
--FILE--
<?php
use Async\{Channel, Pool};
use function Async\{async, select};

require __DIR__ . '/../../support/sync.php';

function next_of(int $number): int
{
    return $number + 1;
}

$gate = new Gate();
$channel = Channel::create();
$pool = Pool::create();
$runs = $pool->add(fn () => $gate->never());   // so that news is waited for
$pool->tick();
$counted = 0;
$done = async(fn () => 'value')->then(function (string $value) use ($channel, $pool, &$counted): string {
    $channel->send('message');
    $pool->tick();
    for ($i = 0; $i < 100_000; $i++) {
        $counted = next_of($counted);
    }
    return $value;
});
echo json_encode(array_keys(select(['done' => $done, 'channel' => $channel], PATIENCE))), ' ', $counted, ' ', $channel->receive(), "\n";
$runs->cancel();
?>
--EXPECT--
["done","channel"] 100000 message
