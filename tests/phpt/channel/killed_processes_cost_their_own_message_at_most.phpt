--TEST--
Senders and receivers that are killed again and again: nothing that was sent is lost but what a killed receiver had, nothing comes twice
--FILE--
<?php
use Async\{AsyncException, Channel, ChannelClosedException, ProcessDiedException};
use function Async\{async, await};

[$rounds, $pause] = [(int) (getenv('CHANNEL_ROUNDS') ?: 20), 10_000];
$channel = Channel::create(32);
$folder = sys_get_temp_dir() . '/channel-' . getmypid();
mkdir($folder);
$number = 0;
// A line for each message that was sent, or received; what a process writes it has written when it is killed.
$sender = function () use ($channel, $folder, &$number): Async\Future {
    $number++;
    return async(function () use ($channel, $folder, $number): void {
        $log = fopen("$folder/sent-$number", 'w');
        stream_set_write_buffer($log, 0);
        try {
            for ($i = 0; ; $i++) {
                $channel->send(["$number:$i", $i % 20 ? '' : str_repeat('.', 200_000)]);
                fwrite($log, "$number:$i\n");
            }
        } catch (ChannelClosedException) {
        }
    });
};
$receiver = function () use ($channel, $folder, &$number): Async\Future {
    $number++;
    return async(function () use ($channel, $folder, $number): int {
        $log = fopen("$folder/received-$number", 'w');
        stream_set_write_buffer($log, 0);
        for ($told = 0; ; ) {
            try {
                [$id] = $channel->receive();
                fwrite($log, "$id\n");
            } catch (ProcessDiedException) {
                $told++;
            } catch (ChannelClosedException) {
                return $told;
            }
        }
    });
};
$senders = $receivers = [];
for ($i = 0; $i < 4; $i++) {
    $senders[] = $sender();
    $receivers[] = $receiver();
}
$killed = 0;
$dead = [];
for ($round = 0; $round < $rounds; $round++) {
    usleep($pause);
    foreach ([[&$senders, $sender], [&$receivers, $receiver]] as [&$of, $new]) {
        $one = array_shift($of);
        posix_kill($one->pid(), SIGKILL);
        try {
            await($one);
        } catch (ProcessDiedException) {
            $killed++;
        }
        $of[] = $new();
    }
    unset($of);
}
$channel->close();
await($senders);
$told = array_sum(await($receivers));

$lines = fn (string $kind): array => array_merge(...array_map(fn (string $file): array => file($file, FILE_IGNORE_NEW_LINES), glob("$folder/$kind-*")));
[$sent, $received] = [$lines('sent'), $lines('received')];
// A message was sent when the next one was: the sender may have been killed before it noted that.
$unnoted = count(array_diff($received, $sent));
$lost = count(array_diff($sent, $received));
echo 'killed all: ', var_export($killed === 2 * $rounds, true), "\n";
echo 'many went through: ', var_export(count($received) > 100, true), "\n";
echo 'none twice: ', var_export(count($received) === count(array_unique($received)), true), "\n";
echo 'lost with a killed receiver at most: ', $lost <= $rounds ? 'true' : "$lost", "\n";
echo 'sent and not noted by a killed sender at most: ', $unnoted <= $rounds ? 'true' : "$unnoted", "\n";
echo 'told at most once for each that was killed: ', $told <= 2 * $rounds ? 'true' : "$told", "\n";
if (getenv('CHANNEL_ROUNDS')) {
    printf("%d sent, %d received, %d lost, %d told\n", count($sent), count($received), $lost, $told);
}
array_map('unlink', glob("$folder/*"));
rmdir($folder);
?>
--EXPECT--
killed all: true
many went through: true
none twice: true
lost with a killed receiver at most: true
sent and not noted by a killed sender at most: true
told at most once for each that was killed: true
