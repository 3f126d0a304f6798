<?php

// The pool of a careful author who has pcntl: a socket pair for each child, PHP's serializer, and a child that ends by
// SIGKILL to itself, since exit() would free the parent's whole heap page by page.

declare(strict_types=1);

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

/** So many tasks, so many at once: the answers by their numbers. */
function together(Closure $task, int $tasks, int $concurrency): array
{
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
}
