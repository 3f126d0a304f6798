<?php

// What the benches need of the system: other processes, and free memory.

declare(strict_types=1);

/** Bytes that may be taken without anything being pushed out. */
function free_memory(): int
{
    return preg_match('/^MemAvailable:\s+(\d+) kB$/m', (string) @file_get_contents('/proc/meminfo'), $found) ? (int) $found[1] * 1024 : 0;
}

/** @param list<string> $command */
function output_of(array $command, int $seconds): string
{
    // Standard error is inherited. Named as STDERR it would be rewound first: `make bench > file 2>&1` wrote over itself.
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes);
    $output = '';
    $deadline = microtime(true) + $seconds;
    while (!feof($pipes[1])) {
        $read = [$pipes[1]];
        $write = $except = null;
        if (stream_select($read, $write, $except, 1) > 0) {
            $output .= fread($pipes[1], 8192);
        }
        if (microtime(true) > $deadline) {
            proc_terminate($process, SIGKILL);
            proc_close($process);
            return "no answer within $seconds s";
        }
    }
    proc_close($process);
    return trim($output);
}

/**
 * One for each CPU that this process may use, each of which takes all that it can get of one, until it is terminated.
 *
 * @return list<resource>
 */
function busy_processes(): array
{
    preg_match('/^Cpus_allowed:\s+([0-9a-f,]+)$/m', (string) file_get_contents('/proc/self/status'), $found);
    $cpus = substr_count(implode(array_map(fn (string $digit): string => decbin((int) hexdec($digit)), str_split(str_replace(',', '', $found[1])))), '1');
    $start = fn () => proc_open([PHP_BINARY, '-n', '-r', 'for (;;);'], [['file', '/dev/null', 'r']], $pipes);
    return array_map($start, range(1, $cpus));
}
