<?php

// What a careful author writes with pcntl: a socket pair for each child, PHP's serializer, and a child that ends by
// SIGKILL to itself, since exit() would free the parent's whole heap page by page. usage: php benches/pcntl.php WORKLOAD

declare(strict_types=1);

require __DIR__ . '/workloads.php';

/** @return array{int, resource} the child, and where its answer comes from */
function start(Closure $task, int $i): array
{
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $pid = pcntl_fork();
    if ($pid === -1) {
        throw new RuntimeException(pcntl_strerror(pcntl_get_last_error()));
    }
    if ($pid === 0) {
        fclose($pair[0]);
        stream_set_write_buffer($pair[1], 0);
        for ($bytes = serialize($task($i)), $sent = 0, $length = strlen($bytes); $sent < $length; $sent += $written) {
            $written = fwrite($pair[1], $sent === 0 ? $bytes : substr($bytes, $sent));
            if ($written === false || $written === 0) {
                break;
            }
        }
        posix_kill(posix_getpid(), SIGKILL);
    }
    fclose($pair[1]);
    stream_set_read_buffer($pair[0], 0);
    stream_set_chunk_size($pair[0], 1 << 18);
    return [$pid, $pair[0]];
}

function finish(int $pid, string $bytes): mixed
{
    pcntl_waitpid($pid, $status);
    return unserialize($bytes);
}

/** Nobody forks for each of a million: each child has one part of them. */
function map(Closure $all, Closure $task, array $items, int $concurrency): array
{
    $parts = array_chunk($items, (int) ceil(count($items) / $concurrency));
    return array_merge(...$all(fn (int $i): array => array_map($task, $parts[$i]), count($parts), $concurrency));
}

$all = function (Closure $task, int $tasks, int $concurrency): array {
    $streams = $running = $answers = [];
    for ($next = 0; $next < $tasks || $streams !== [];) {
        while ($next < $tasks && count($streams) < $concurrency) {
            [$pid, $stream] = start($task, $next);
            stream_set_blocking($stream, false);
            $streams[(int) $stream] = $stream;
            $running[(int) $stream] = [$pid, $next++, ''];
        }
        $read = $streams;
        $write = $except = null;
        stream_select($read, $write, $except, null);
        foreach ($read as $stream) {
            $id = (int) $stream;
            $chunk = fread($stream, 1 << 18);
            if ($chunk !== '' && $chunk !== false) {
                $running[$id][2] .= $chunk;
            } elseif (feof($stream)) {
                [$pid, $i, $bytes] = $running[$id];
                $answers[$i] = finish($pid, $bytes);
                fclose($stream);
                unset($streams[$id], $running[$id]);
            }
        }
    }
    ksort($answers);
    return $answers;
};

measure(
    one: function (Closure $task, int $i): mixed {
        [$pid, $stream] = start($task, $i);
        $bytes = stream_get_contents($stream);
        fclose($stream);
        return finish($pid, $bytes);
    },
    all: fn (Closure $task, int $tasks, int $concurrency): array => str_starts_with($argv[1], 'map-')
        ? map($all, $task, range(0, $tasks - 1), $concurrency)
        : $all($task, $tasks, $concurrency),
);
