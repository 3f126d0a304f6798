<?php

// Measures the extension beside the floor and beside pcntl, in turn, each in a process of its own, and prints the
// medians as a table; then how values come back beside PHP's serializer, igbinary and a C program's pipe (see
// benches/values.php). Every figure goes to benches/results/ as JSON lines.
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
require __DIR__ . '/process.php';

$options = getopt('', ['only:', 'rounds:', 'json', 'list'], $rest);
if ($rest !== $argc) {
    fwrite(STDERR, "usage: tools/bench [--only=WORKLOAD,...] [--rounds=N] [--json] [--list]\n");
    exit(2);
}
$values = json_decode((string) shell_exec(escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg(__DIR__ . '/values.php') . ' --list'), true);
$all = array_keys(workloads() + $values);
$only = isset($options['only']) ? explode(',', $options['only']) : $all;
$rounds = (int) ($options['rounds'] ?? 5);
if ($unknown = array_diff($only, $all)) {
    fwrite(STDERR, 'no workload ' . implode(', ', $unknown) . '; there are: ' . implode(', ', $all) . "\n");
    exit(2);
}
if ($rounds < 1) {
    fwrite(STDERR, "--rounds must be 1 or more\n");
    exit(2);
}
if (isset($options['list'])) {
    echo implode("\n", $all), "\n";
    exit(0);
}

// PHP without php.ini and with the same extensions for all; only one of them has ours.
$php = [...explode("\n", getenv('BENCH_PHP')), '-d', 'memory_limit=-1', '-d', 'ffi.enable=1'];
$so = getenv('ASYNC_SO');
$contenders = [
    'floor' => fn (string $workload) => [...$php, __DIR__ . '/floor.php', $workload],
    'pcntl' => fn (string $workload) => [...$php, __DIR__ . '/pcntl.php', $workload],
    'async' => fn (string $workload) => [...$php, '-d', "extension=$so", __DIR__ . '/async.php', $workload],
];

$igbinary = getenv('BENCH_IGBINARY') === '1' ? ['-d', 'extension=igbinary'] : [];

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
    echo "microseconds a task, medians; floor: fork, _exit and waitpid, no answer\n\n";
    printf("%-10s %-40s %9s %9s %9s %13s %13s\n", '', '', 'floor', 'pcntl', 'async', 'async / floor', 'pcntl / floor');
}
$wrong = 0;
$shown = fn (?float $us): string => $us === null ? '-' : number_format($us, $us < 100 ? 1 : 0);
$ratio = fn (?float $one, ?float $other): string => isset($one, $other) ? sprintf('%.2f', $one / $other) : '-';
foreach (array_intersect($only, array_keys(workloads())) as $workload) {
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
        printf(
            "%-10s %-40s %9s %9s %9s %13s %13s\n",
            $workload,
            $what,
            $shown($medians['floor'] ?? null),
            $shown($medians['pcntl'] ?? null),
            $shown($medians['async'] ?? null),
            $ratio($medians['async'] ?? null, $medians['floor'] ?? null),
            $ratio($medians['pcntl'] ?? null, $medians['floor'] ?? null),
        );
    }
}

// Values: each round is a process that has all contenders in it, in turn, and then the C program.
$backs = array_values(array_intersect($only, array_keys($values)));
if ($verbose && $backs !== []) {
    echo <<<'TEXT'

        microseconds a value; way: from the return in the child to the value in the parent, less what null takes for it;
        serialize, igbinary: there and back in one process; task: fork and all; C pipe: the same of a C program, for as
        many bytes as serialize() makes


        TEXT;
    printf("%-10s %-25s %9s %9s %9s %9s %9s %15s %14s %13s\n", '', '', 'way', 'serialize', 'igbinary', 'task', 'C pipe', 'way / serialize', 'way / igbinary', 'task / C pipe');
}
foreach ($backs as $workload) {
    if ($workload === 'blob1g' && ($free = free_memory()) < 6 << 30) {
        $verbose && printf("%-10s %-25s skipped: needs 6 GiB of free memory, there are %.1f\n", $workload, $values[$workload], $free / (1 << 30));
        continue;
    }
    $times = [];
    $command = [...$php, ...$igbinary, '-d', "extension=$so", __DIR__ . '/values.php', $workload];
    for ($round = 0; $round < ($workload === 'blob1g' ? 1 : min($rounds, 3)); $round++) {
        $output = output_of($command, 100);
        $result = json_decode($output, true);
        if (!is_array($result) || $result['wrong'] !== 0) {
            $wrong++;
            fwrite(STDERR, "$workload: " . (is_array($result) ? 'came back different' : $output) . "\n");
            continue 2;
        }
        $tasks = max(1, min(50, intdiv(256 << 20, $result['bytes'] + 1)));
        $result['C pipe'] = json_decode(output_of([getenv('BENCH_FLOOR'), (string) $result['bytes'], (string) $tasks], 100), true)['us'];
        foreach ($result as $name => $us) {
            $times[$name][] = (float) $us;
        }
    }
    $medians = array_map(median(...), $times);
    $of = fn (string $name): ?float => $medians[$name] ?? null;
    $lines[] = json_encode(['what' => 'value', 'workload' => $workload] + $medians + ['rounds' => $times]);
    $verbose && printf(
        "%-10s %-25s %9s %9s %9s %9s %9s %15s %14s %13s\n",
        $workload,
        $values[$workload],
        $shown($of('way')),
        $shown($of('serialize')),
        $of('igbinary') === null ? 'not here' : $shown($of('igbinary')),
        $shown($of('task')),
        $shown($of('C pipe')),
        $ratio($of('way'), $of('serialize')),
        $ratio($of('way'), $of('igbinary')),
        $ratio($of('task'), $of('C pipe')),
    );
}
if ($verbose && $backs !== [] && $igbinary === []) {
    echo "igbinary is not installed (Debian: php-igbinary)\n";
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
