<?php

declare(strict_types=1);

/*
 * usage: channel.php SEED; see run. STORM_MESSAGES messages through one channel, from four senders to four receivers, of which
 * one of each is killed at some moment of every STORM_PERIOD milliseconds, and replaced. What send() has accepted arrives once, or was in
 * the hands of a receiver that was killed; who was in the middle of a message is told.
 */

use Async\{Channel, ChannelClosedException, Counter, ProcessDiedException};
use function Async\{async, await};

mt_srand((int) $argv[1]);
$wanted = (int) (getenv('STORM_MESSAGES') ?: 1_000_000);
$period = (int) (getenv('STORM_PERIOD') ?: 1_000) * 1_000;
$channel = Channel::create(64);
$received = new Counter();
$folder = sys_get_temp_dir() . '/storm-channel-' . getmypid();
mkdir($folder);
$number = 0;

/** Eight bytes for each message that was sent or received; what a process writes it has written when it is killed. */
function notes(string $path): mixed
{
    $file = fopen($path, 'w');
    stream_set_write_buffer($file, 0);
    return $file;
}

$sender = function () use ($channel, $folder, &$number): Async\Future {
    $number++;
    return async(function () use ($channel, $folder, $number): void {
        $notes = notes("$folder/sent-$number");
        try {
            for ($i = 0; ; $i++) {
                $id = pack('J', $number << 40 | $i);
                // Some are longer than the room of the channel, and go through it in pieces.
                $channel->send($i % 1_000 === 999 ? [$id, str_repeat('.', 300_000)] : $id);
                fwrite($notes, $id);
            }
        } catch (ChannelClosedException) {
        }
    });
};
$receiver = function () use ($channel, $folder, $received, &$number): Async\Future {
    $number++;
    return async(function () use ($channel, $folder, $received, $number): array {
        $notes = notes("$folder/received-$number");
        $told = [];
        while (true) {
            try {
                $message = $channel->receive();
                fwrite($notes, is_array($message) ? $message[0] : $message);
                $received->add();
            } catch (ProcessDiedException $e) {
                $told[] = $e->pid;
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
$killed = ['senders' => [], 'receivers' => []];
$started = $next = microtime(true);
while ($received->get() < $wanted) {
    if (microtime(true) - $started > 600) {
        exit("channel: FAILED: {$received->get()} messages in ten minutes\n");
    }
    $next += $period / 1e6;
    usleep(mt_rand(0, $period));
    foreach (['senders' => [&$senders, $sender], 'receivers' => [&$receivers, $receiver]] as $kind => [&$of, $new]) {
        $one = array_shift($of);
        $killed[$kind][] = $one->pid();
        posix_kill($one->pid(), SIGKILL);
        try {
            await($one);
            exit("channel: FAILED: one of the $kind ended before it was killed\n");
        } catch (ProcessDiedException) {
        }
        $of[] = $new();
    }
    unset($of);
    if (($left = $next - microtime(true)) > 0 && $received->get() < $wanted) {
        usleep((int) ($left * 1e6));
    }
}
$seconds = microtime(true) - $started;
// One of these may be in the middle of a message, and gives it up.
$last = array_map(fn (Async\Future $sender): ?int => $sender->pid(), $senders);
$channel->close();
await($senders);
$told = array_merge(...await($receivers));

// How far each sender has come, and which of its messages have been received.
[$sent, $seen, $twice, $all] = [[], [], 0, 0];
foreach (glob("$folder/sent-*") as $file) {
    $sent[(int) substr(strrchr($file, '-'), 1)] = intdiv(filesize($file), 8);
}
foreach ($sent as $of => $count) {
    $seen[$of] = str_repeat("\0", $count + 1);
}
$unnoted = 0;
foreach (glob("$folder/received-*") as $file) {
    foreach (unpack('J*', (string) file_get_contents($file)) as $id) {
        [$of, $i] = [$id >> 40, $id & (1 << 40) - 1];
        $all++;
        $unnoted += (int) ($i === $sent[$of]); // accepted just before its sender was killed
        if ($i > $sent[$of] || $seen[$of][$i] === "\1") {
            $twice++;
        } else {
            $seen[$of][$i] = "\1";
        }
    }
}
$lost = 0;
foreach ($sent as $of => $count) {
    $lost += substr_count(substr($seen[$of], 0, $count), "\0");
}
array_map('unlink', glob("$folder/*"));
rmdir($folder);

$wrong = [];
$twice === 0 || $wrong[] = "$twice came twice, or were never sent";
$lost <= count($killed['receivers']) || $wrong[] = "$lost were lost";
$unnoted <= count($killed['senders']) || $wrong[] = "$unnoted more came than had been sent";
// Of a receiver that was killed between two of its statements nobody has to be told.
count($told) <= count($killed['senders']) + count($killed['receivers']) + 1 || $wrong[] = count($told) . ' were told of';
// Where two senders died one after the other in the middle of a message, one of them is told without its name.
$named = array_filter($told);
array_diff($named, [...$killed['senders'], ...$killed['receivers'], ...$last]) === [] || $wrong[] = 'somebody was told of who was not in the middle of a message';
count($named) === count(array_unique($named)) || $wrong[] = 'somebody was told of twice';
printf(
    "channel: %s messages in %.1f s, %d senders and %d receivers killed, %d messages lost with these, %d told of: %s\n",
    number_format($all),
    $seconds,
    count($killed['senders']),
    count($killed['receivers']),
    $lost,
    count($told),
    $wrong ? 'FAILED: ' . implode(', ', $wrong) : 'none other lost, none twice',
);
exit($wrong ? 1 : 0);
