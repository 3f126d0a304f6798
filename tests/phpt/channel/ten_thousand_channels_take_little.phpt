--TEST--
Ten thousand channels take few mappings and descriptors, work between processes, and leave nothing
--FILE--
<?php
use Async\Channel;
use function Async\{async, await};

$maps = fn (): int => count(file('/proc/self/maps'));
$files = fn (): int => count(scandir('/proc/self/fd'));
[$mapped, $opened] = [$maps(), $files()];
$channels = [];
for ($i = 0; $i < 10_000; $i++) {
    $channels[] = Channel::create();
}
var_dump($maps() - $mapped < 250, $files() - $opened <= 128 + 1);
$task = async(function () use ($channels): void {
    foreach ($channels as $i => $channel) {
        $channel->send($i);
    }
});
$wrong = 0;
foreach ($channels as $i => $channel) {
    $wrong += $channel->receive() !== $i;
}
echo $wrong, "\n";
await($task);
try {
    $channels[9_999]->stream();
} catch (Async\AsyncError $e) {
    echo $e->getMessage(), "\n";
}
$channels = [];
unset($channel);
$mapped = $maps();
for ($i = 0; $i < 30_000; $i++) {
    $one = Channel::create();
    $one->send($i);
    $one->receive() === $i or print("wrong\n");
}
var_dump($maps() - $mapped < 10);
?>
--EXPECT--
bool(true)
bool(true)
0
this channel has no stream: when it was made, 128 channels of this process had a descriptor for one, or no more files could be open; keep fewer channels, or call receive() with a time limit
bool(true)
