<?php

// What it takes to bring messages from a forked child to its parent: by a channel that both have, by a task's own channel,
// or by a pair of sockets; and by the task's own channel the other way. Prints {"ns": for each message, "wrong": how many}.
// usage: php [-d extension=/path/to/libasync.so] benches/channel.php channel|task|parent|pair BYTES MESSAGES [CAPACITY]

declare(strict_types=1);

[, $kind, $bytes, $messages] = $argv;
$bytes = (int) $bytes;
$messages = (int) $messages;
$warm_up = intdiv($messages, 10) + 1;
$message = str_repeat('.', $bytes);

if ($kind === 'task' || $kind === 'parent') {
    $send = function (Async\Channel $channel) use ($message, $warm_up, $messages): void {
        for ($i = $warm_up + $messages; $i > 0; $i--) {
            $channel->send($message);
        }
    };
    $receive = function (Async\Channel $channel) use ($bytes, $warm_up, $messages): array {
        for ($i = $warm_up; $i > 0; $i--) {
            $channel->receive();
        }
        $wrong = 0;
        $started = hrtime(true);
        for ($i = $messages; $i > 0; $i--) {
            $wrong += (int) (strlen($channel->receive()) !== $bytes);
        }
        return ['ns' => round((hrtime(true) - $started) / $messages, 1), 'wrong' => $wrong];
    };
    [$ours, $theirs] = $kind === 'task' ? [$receive, $send] : [$send, $receive];
    $task = Async\async(fn () => $theirs(Async\channel()));
    $result = $ours($task->channel());
    echo json_encode($kind === 'task' ? $result : Async\await($task)), "\n";
    exit;
}

// Serialized, and with its length before it, as it takes to send any value: a pair of sockets that carry bytes.
if ($kind === 'pair') {
    socket_create_pair(AF_UNIX, SOCK_STREAM, 0, $pair);
    [$ours, $theirs] = $pair;
    $send = function (mixed $value) use ($theirs): void {
        $text = serialize($value);
        $text = pack('J', strlen($text)) . $text;
        for ($sent = socket_write($theirs, $text); $sent < strlen($text);) {
            $sent += socket_write($theirs, substr($text, $sent));
        }
    };
    // Reads ahead, as a buffered stream does: fewer system calls than two for each message.
    $buffer = '';
    $at = 0;
    $receive = function () use ($ours, &$buffer, &$at): mixed {
        $need = function (int $bytes) use ($ours, &$buffer, &$at): void {
            if (strlen($buffer) - $at >= $bytes) {
                return;
            }
            $parts = [substr($buffer, $at)];
            for ($have = strlen($parts[0]); $have < $bytes; $have += strlen($part)) {
                $part = socket_read($ours, 65536);
                $parts[] = $part;
            }
            [$buffer, $at] = [implode($parts), 0];
        };
        $need(8);
        $length = unpack('J', $buffer, $at)[1];
        $need(8 + $length);
        $value = unserialize(substr($buffer, $at + 8, $length));
        $at += 8 + $length;
        return $value;
    };
} else {
    $channel = Async\Channel::create((int) ($argv[4] ?? 1024));
}
if (pcntl_fork() === 0) {
    if ($kind === 'pair') {
        for ($i = $warm_up + $messages; $i > 0; $i--) {
            $send($message);
        }
    } else {
        for ($i = $warm_up + $messages; $i > 0; $i--) {
            $channel->send($message);
        }
    }
    posix_kill(getmypid(), SIGKILL);
}
$wrong = 0;
if ($kind === 'pair') {
    for ($i = $warm_up; $i > 0; $i--) {
        $receive();
    }
    $started = hrtime(true);
    for ($i = $messages; $i > 0; $i--) {
        $wrong += (int) (strlen($receive()) !== $bytes);
    }
} else {
    for ($i = $warm_up; $i > 0; $i--) {
        $channel->receive();
    }
    $started = hrtime(true);
    for ($i = $messages; $i > 0; $i--) {
        $wrong += (int) (strlen($channel->receive()) !== $bytes);
    }
}
$took = hrtime(true) - $started;
pcntl_wait($status);
echo json_encode(['ns' => round($took / $messages, 1), 'wrong' => $wrong]), "\n";
