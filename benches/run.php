<?php

// Measures the extension beside the floor and beside pcntl, in turn, each in a process of its own, and prints the
// medians as a table; every figure goes to benches/results/ as JSON lines.
//
// usage: tools/bench [--only=latency,ints] [--rounds=5] [--json] [--list]
//
// --only=...   these workloads
// --rounds=N   how often each contender is measured; by default five times, fewer where that takes longer than 18 s
// --json       JSON lines to standard output, and nothing else
// --list       the workloads
//
// Nothing is asserted about time. A wrong answer ends the run with status 1.

declare(strict_types=1);

require __DIR__ . '/workloads.php';

$options = getopt('', ['only:', 'rounds:', 'json', 'list'], $rest);
if ($rest !== $argc) {
    fwrite(STDERR, "usage: tools/bench [--only=WORKLOAD,...] [--rounds=N] [--json] [--list]\n");
    exit(2);
}
$only = isset($options['only']) ? explode(',', $options['only']) : array_keys(workloads());
$rounds = (int) ($options['rounds'] ?? 5);
if ($unknown = array_diff($only, array_keys(workloads()))) {
    fwrite(STDERR, 'no workload ' . implode(', ', $unknown) . '; there are: ' . implode(', ', array_keys(workloads())) . "\n");
    exit(2);
}
if ($rounds < 1) {
    fwrite(STDERR, "--rounds must be 1 or more\n");
    exit(2);
}
if (isset($options['list'])) {
    echo implode("\n", array_keys(workloads())), "\n";
    exit(0);
}

// PHP without php.ini and with the same extensions for all; only one of them has ours.
$php = [...explode("\n", getenv('BENCH_PHP')), '-d', 'memory_limit=-1', '-d', 'ffi.enable=1'];
$so = getenv('ASYNC_SO');
$contenders = [
    'floor' => fn (string $workload) => [...$php, __DIR__ . '/floor.php', $workload],
    'pcntl' => fn (string $workload) => [...$php, __DIR__ . '/pcntl.php', $workload],
    'async' => fn (string $workload) => [...$php, '-d', "extension=$so", __DIR__ . '/async.php', $workload],
    'C pipe' => fn (string $workload) => match ($workload) {
        'blob1' => [getenv('BENCH_FLOOR'), (string) (1 << 20), '50'],
        'blob64' => [getenv('BENCH_FLOOR'), (string) (64 << 20), '4'],
        default => null,
    },
    'serialize' => fn (string $workload) => in_array($workload, ['ints', 'blob1', 'blob64'], true)
        ? [...$php, __DIR__ . '/serialize.php', $workload]
        : null,
];

/** @param list<string> $command */
function output_of(array $command, int $seconds): string
{
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR], $pipes);
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

$version = output_of([...$php, '-d', "extension=$so", '-r', 'echo "version ", phpversion("async");'], 20);
if (!preg_match('/^version [0-9]\S*$/', $version)) {
    fwrite(STDERR, "$so does not load:\n$version\n");
    exit(1);
}

$lines = [json_encode([
    'what' => 'machine',
    'time' => gmdate('c'),
    'php' => PHP_VERSION,
    'async' => substr($version, 8),
    'commit' => trim((string) @shell_exec('git -C ' . escapeshellarg(dirname(__DIR__)) . ' rev-parse --short HEAD 2>/dev/null')),
    'kernel' => php_uname('r'),
    'processor' => preg_match('/^model name\s*: (.*)$/m', (string) @file_get_contents('/proc/cpuinfo'), $found) ? $found[1] : php_uname('m'),
    'cpus' => preg_match_all('/^processor\s*:/m', (string) @file_get_contents('/proc/cpuinfo')),
    'huge_pages' => preg_match('/\[(\w+)\]/', (string) @file_get_contents('/sys/kernel/mm/transparent_hugepage/enabled'), $found) ? $found[1] : null,
], JSON_UNESCAPED_SLASHES)];

$verbose = !isset($options['json']);
if ($verbose) {
    echo "microseconds a task, medians; floor: fork, _exit and waitpid, no answer; C pipe and serialize: see benches/\n\n";
    printf("%-10s %-40s %9s %9s %9s %13s %13s   %s\n", '', '', 'floor', 'pcntl', 'async', 'async / floor', 'pcntl / floor', 'beside');
}
$wrong = 0;
foreach ($only as $workload) {
    // Only what does not fill this process's memory is made here, for its description.
    $made = str_starts_with($workload, 'b') ? null : workloads()[$workload]();
    $what = $made?->what ?? ['blob1' => '1 MiB string back', 'blob64' => '64 MiB string back', 'bigparent' => 'empty task under 512 MiB, one at a time'][$workload];
    $figures = $bad = [];
    $started = microtime(true);
    for ($round = 0; $round < $rounds; $round++) {
        if ($round > 0 && !isset($options['rounds']) && microtime(true) - $started > 18 * $round / ($round + 1)) {
            break;      // another round would take longer
        }
        foreach ($contenders as $name => $command) {
            if (isset($bad[$name]) || ($arguments = $command($workload)) === null) {
                continue;
            }
            $output = output_of($arguments, 100);
            $result = json_decode($output, true);
            if (!is_array($result) || $result['wrong'] !== 0) {
                $bad[$name] = true;
                $wrong++;
                fwrite(STDERR, "$workload, $name: " . (is_array($result) ? "{$result['wrong']} wrong answers" : $output) . "\n");
                continue;
            }
            $figures[$name][] = $result['us'];
        }
    }
    $medians = array_map(median(...), $figures);
    foreach ($figures as $name => $of_rounds) {
        $lines[] = json_encode([
            'what' => 'figure',
            'workload' => $workload,
            'contender' => $name,
            'us' => round($medians[$name], 2),
            'to_floor' => isset($medians['floor']) ? round($medians[$name] / $medians['floor'], 3) : null,
            'rounds' => $of_rounds,
        ]);
    }
    if ($verbose) {
        $shown = fn (?float $us): string => $us === null ? '-' : number_format($us, $us < 100 ? 1 : 0);
        $ratio = fn (string $name): string => isset($medians[$name], $medians['floor']) ? sprintf('%.2f', $medians[$name] / $medians['floor']) : '-';
        $beside = [];
        foreach (['C pipe', 'serialize'] as $name) {
            if (isset($medians[$name], $medians['async'])) {
                $beside[] = sprintf('%s %s (async / it: %.2f)', $name, $shown($medians[$name]), $medians['async'] / $medians[$name]);
            }
        }
        printf(
            "%-10s %-40s %9s %9s %9s %13s %13s   %s\n",
            $workload,
            $what,
            $shown($medians['floor'] ?? null),
            $shown($medians['pcntl'] ?? null),
            $shown($medians['async'] ?? null),
            $ratio('async'),
            $ratio('pcntl'),
            implode(', ', $beside),
        );
    }
}

if ($verbose) {
    $file = __DIR__ . '/results/' . gmdate('Y-m-d\THis') . '.jsonl';
    is_dir(dirname($file)) || mkdir(dirname($file));
    file_put_contents($file, implode("\n", $lines) . "\n");
    echo "\n$file\n";
} else {
    echo implode("\n", $lines), "\n";
}
exit($wrong === 0 ? 0 : 1);
