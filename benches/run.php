<?php

// Measures the extension beside the floor and beside pcntl, in turn, each in a process of its own, and prints the
// medians as a table; then the same of warm workers, beside a C program's round trip through two pipes, or beside the
// ideal schedule; then how values come back beside PHP's serializer, igbinary and a C program's pipe (see
// benches/values.php), and last what real work costs in small tasks (see benches/pages.php). Every figure goes to benches/results/ as JSON lines,
// and as a picture.
//
// usage: tools/bench [--ini] [--only=latency,ints] [--rounds=5] [--json] [--list]
//
// --ini        under PHP as its php.ini makes it, with more extensions, and thereby more for a fork to copy
// --only=...   these workloads; `map` is all of map-array-1, map-array-2 and so on
// --rounds=N   how often each contender is measured; by default five times, fewer where that takes longer than 18 s
// --json       JSON lines to standard output, and nothing else
// --list       the workloads
//
// Nothing is asserted about time. A wrong answer ends the run with status 1.

declare(strict_types=1);

require __DIR__ . '/workloads.php';
require __DIR__ . '/process.php';
require __DIR__ . '/bars.php';

$options = getopt('', ['only:', 'rounds:', 'json', 'list'], $rest);
// getopt() passes over what it does not know.
if ($rest !== $argc || count(preg_grep('/^--/', $argv)) !== count($options)) {
    fwrite(STDERR, "usage: tools/bench [--only=WORKLOAD,...] [--rounds=N] [--json] [--list]\n");
    exit(2);
}
$values = json_decode((string) shell_exec(escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg(__DIR__ . '/values.php') . ' --list'), true);
$all = [...array_keys(workloads() + warm_workloads() + $values), 'pages', 'locks-1', 'locks-2', 'locks-4', 'channel-16', 'channel-1024', 'channel-1048576'];
$only = [];
foreach (isset($options['only']) ? explode(',', $options['only']) : $all as $name) {
    $family = array_filter($all, fn (string $workload): bool => str_starts_with($workload, "$name-"));
    array_push($only, ...(in_array($name, $all, true) || $family === [] ? [$name] : array_values($family)));
}
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

// PHP with the same extensions for all; only one of them has ours.
$php = [...explode("\n", getenv('BENCH_PHP')), '-d', 'memory_limit=-1', '-d', 'ffi.enable=1'];
$so = getenv('ASYNC_SO');
$contenders = [
    'floor' => fn (string $workload) => [...$php, __DIR__ . '/floor.php', $workload],
    'pcntl' => fn (string $workload) => [...$php, __DIR__ . '/pcntl.php', $workload],
    'async' => fn (string $workload) => [...$php, '-d', "extension=$so", __DIR__ . '/async.php', $workload],
];

// Warm workers: C is one round trip, of one process and one child. What counts for many tasks in flight, or for items,
// is what it takes on one core, without the time to wake another.
preg_match('/^Cpus_allowed_list:\s+(\d+)/m', (string) file_get_contents('/proc/self/status'), $first);
$pinned = ['taskset', '-c', $first[1] ?? '0'];
$across = ['warm-latency-unpinned', 'bigparent-warm', 'busy-latency', 'busy-throughput'];
$where = fn (string $workload): array => $workload === 'warm-latency-pinned' ? $pinned : [];
$warm_contenders = [
    'C' => fn (string $workload) => str_starts_with($workload, 'mixed-') || str_starts_with($workload, 'status-')
        ? null
        : [...(in_array($workload, $across, true) ? [] : $pinned), getenv('BENCH_PINGPONG'), '20000'],
    'pcntl' => fn (string $workload) => str_starts_with($workload, 'map-generator-') || str_starts_with($workload, 'status-')
        ? null
        : [...$where($workload), ...$php, __DIR__ . '/pcntl.php', $workload],
    'async' => fn (string $workload) => [...$where($workload), ...$php, '-d', "extension=$so", __DIR__ . '/warm.php', $workload],
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
$wrong = 0;
$shown = fn (?float $us): string => $us === null ? '-' : number_format($us, $us < 10 ? 2 : ($us < 100 ? 1 : 0));
$ratio = fn (?float $one, ?float $other): string => isset($one, $other) ? sprintf('%.2f', $one / $other) : '-';
$tables = [
    ['floor', $contenders, workloads(), 'microseconds a task, medians; floor: fork, _exit and waitpid, no answer'],
    ['C', $warm_contenders, warm_workloads(), <<<'TEXT'
        microseconds a task, or an item, in warm workers; C: a C program's round trip of 64 bytes through two pipes, on
        one core but for warm-latency-unpinned, bigparent-warm and busy, and for mixed the ideal schedule instead; pcntl: a fork
        for each task, and for map one for each child
        TEXT],
];
$printed = false;
foreach ($tables as [$base, $of_table, $makers, $about]) {
    $chosen = array_intersect($only, array_keys($makers));
    if ($verbose && $chosen !== []) {
        echo $printed ? "\n" : '', $about, "\n\n";
        printf("%-22s %-42s %9s %9s %9s %13s %13s\n", '', '', $base, 'pcntl', 'async', "async / $base", "pcntl / $base");
        $printed = true;
    }
    foreach ($chosen as $workload) {
        // Only what does not fill this process's memory is made here, for its description.
        $made = preg_match('/^b(ig|lob)/', $workload) ? null : $makers[$workload]();
        $what = $made?->what ?? [
            'blob1' => '1 MiB string back',
            'blob64' => '64 MiB string back',
            'bigparent' => 'empty task under 512 MiB, one at a time',
            'bigparent-warm' => 'empty task under 512 MiB, one at a time',
        ][$workload];
        $figures = isset($made->ideal) ? [$base => [$made->ideal]] : [];
        $busy = str_starts_with($workload, 'busy-') ? busy_processes() : [];
        $bad = [];
        $started = microtime(true);
        for ($round = 0; $round < $rounds; $round++) {
            if ($round > 0 && !isset($options['rounds']) && microtime(true) - $started > 18 * $round / ($round + 1)) {
                break;      // another round would take longer
            }
            foreach ($of_table as $name => $command) {
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
        array_map(proc_terminate(...), $busy);
        $medians = array_map(median(...), $figures);
        foreach ($figures as $name => $of_rounds) {
            $lines[] = json_encode([
                'what' => 'figure',
                'workload' => $workload,
                'contender' => isset($made->ideal) && $name === $base ? 'ideal' : $name,
                'us' => round($medians[$name], 2),
                isset($made->ideal) ? 'to_ideal' : "to_$base" => isset($medians[$base]) ? round($medians[$name] / $medians[$base], 3) : null,
                'rounds' => $of_rounds,
            ]);
        }
        if ($verbose) {
            printf(
                "%-22s %-42s %9s %9s %9s %13s %13s\n",
                $workload,
                $what,
                $shown($medians[$base] ?? null),
                $shown($medians['pcntl'] ?? null),
                $shown($medians['async'] ?? null),
                $ratio($medians['async'] ?? null, $medians[$base] ?? null),
                $ratio($medians['pcntl'] ?? null, $medians[$base] ?? null),
            );
        }
    }
}

// Values: each round is a process that has all contenders in it, in turn, and then the C program.
$backs = array_values(array_intersect($only, array_keys($values)));
if ($verbose && $backs !== []) {
    echo <<<'TEXT'

        microseconds a value; fork, warm: from the return in the child that made it, forked for this or a warm worker, to the
        value in the parent, less what null takes for it; inherit: the same of what the child had at the fork; codec: encoding
        and decoding in one process; serialize, igbinary: there and back in one process; task: fork and all; C pipe: the same
        of a C program, for as many bytes as serialize() makes;
        then codec, warm and fork in parts of serialize, warm and fork in parts of igbinary, and task in parts of C pipe


        TEXT;
    printf("%-10s %-22s" . str_repeat(' %9s', 8) . " | %5s %5s %5s | %5s %5s | %5s\n", '', '', 'codec', 'warm', 'fork', 'inherit', 'serialize', 'igbinary', 'task', 'C pipe', 'codec', 'warm', 'fork', 'warm', 'fork', 'task');
}
foreach ($backs as $workload) {
    if ($workload === 'blob1g' && ($free = free_memory()) < 6 << 30) {
        $verbose && printf("%-10s %-25s skipped: needs 6 GiB of free memory, there are %.1f\n", $workload, $values[$workload], $free / (1 << 30));
        continue;
    }
    $times = [];
    $command = [...$php, ...$igbinary, '-d', 'extension=' . (getenv('BENCH_RECODE') ?: $so), __DIR__ . '/values.php', $workload];
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
        "%-10s %-22s" . str_repeat(' %9s', 8) . " | %5s %5s %5s | %5s %5s | %5s\n",
        $workload,
        $values[$workload],
        ...array_map(fn (string $name): string => $shown($of($name)), ['codec', 'warm', 'fork', 'inherited', 'serialize', 'igbinary', 'task', 'C pipe']),
        ...array_map(fn (string $name): string => $ratio($of($name), $of('serialize')), ['codec', 'warm', 'fork']),
        ...array_map(fn (string $name): string => $ratio($of($name), $of('igbinary')), ['warm', 'fork']),
        ...[$ratio($of('task'), $of('C pipe'))],
    );
}
if ($verbose && $backs !== [] && $igbinary === []) {
    echo "igbinary is not installed (Debian: php-igbinary)\n";
}
if ($verbose && $backs !== [] && !getenv('BENCH_RECODE')) {
    echo "codec: BENCH_RECODE=target/recode/release/libasync.so, after tools/cargo build --release --features recode --target-dir target/recode\n";
}

// Pages: time on processors, not on a clock.
if (in_array('pages', $only, true)) {
    $mbstring = getenv('BENCH_MBSTRING') === '1' ? ['-d', 'extension=mbstring'] : [];
    $pages = fn (string $how, array $ours = []): array => [...$php, ...$mbstring, ...$ours, __DIR__ . '/pages.php', $how];
    $ours = ['-d', "extension=$so"];
    $commands = ['one' => $pages('one'), 'map' => $pages('map', $ours), 'task' => $pages('task', $ours), 'pcntl' => $pages('pcntl')];
    $times = $digests = [];
    $skipped = null;
    for ($round = 0; $round < $rounds && $skipped === null; $round++) {
        foreach ($commands as $how => $command) {
            $output = output_of($command, 100);
            $result = json_decode($output, true);
            if ($skipped = $result['skipped'] ?? null) {
                break;
            }
            if (!isset($result['us'])) {
                $wrong++;
                fwrite(STDERR, "pages, $how: $output\n");
                break 2;
            }
            $times[$how][] = (float) $result['us'];
            $digests[$result['digest']] = true;
        }
    }
    if (count($digests) > 1) {
        $wrong++;
        fwrite(STDERR, "pages: the contenders do not agree\n");
    }
    $medians = array_map(median(...), $times);
    $lines[] = json_encode(['what' => 'pages', 'skipped' => $skipped] + $medians + ['rounds' => $times]);
    if ($verbose) {
        echo "\nmicroseconds on processors for a page of Markdown; one: all of 500 in one process; map; a task a page; pcntl: a fork a page\n\n";
        echo $skipped === null ? '' : "pages      skipped: $skipped\n";
        foreach ($medians as $how => $us) {
            printf("pages      %-6s %9s %6s\n", $how, $shown($us), $ratio($us, $medians['one']));
        }
    }
}

// Locks: nanoseconds.
foreach (array_intersect($only, ['locks-1', 'locks-2', 'locks-4']) as $workload) {
    $processes = substr($workload, 6);
    $sysv = getenv('BENCH_SYSVSEM') === '1' ? ['-d', 'extension=sysvsem'] : [];
    $kinds = ['mutex', 'semaphore', 'flock', ...($sysv === [] ? [] : ['sem']), ...($processes === '1' ? ['loop'] : [])];
    $times = [];
    for ($round = 0; $round < $rounds; $round++) {
        foreach ($kinds as $kind) {
            $output = output_of([...$php, ...$sysv, '-d', "extension=$so", __DIR__ . '/locks.php', $kind, $processes], 100);
            $ns = json_decode($output, true)['ns'] ?? null;
            if ($ns === null) {
                $wrong++;
                fwrite(STDERR, "$workload, $kind: $output\n");
                continue 3;
            }
            $times[$kind][] = $ns;
        }
    }
    $medians = array_map(median(...), $times);
    $lines[] = json_encode(['what' => 'locks', 'workload' => $workload] + $medians + ['rounds' => $times]);
    if ($verbose) {
        isset($printed_locks) || print("\nnanoseconds to take a lock and to give it back, in a loop; 1, 2 or 4 processes want it\n\n");
        $printed_locks = true;
        foreach ($medians as $kind => $ns) {
            printf("%-10s %-10s %9.1f %6s\n", $workload, $kind, $ns, $ratio($ns, $medians['mutex']));
        }
    }
}

// Channels: nanoseconds.
foreach (array_intersect($only, ['channel-16', 'channel-1024', 'channel-1048576']) as $workload) {
    $bytes = substr($workload, 8);
    $messages = ['16' => '500000', '1024' => '200000', '1048576' => '500'][$bytes];
    $commands = [
        'channel' => [...$php, '-d', "extension=$so", __DIR__ . '/channel.php', 'channel', $bytes, $messages],
        'task to parent' => [...$php, '-d', "extension=$so", __DIR__ . '/channel.php', 'task', $bytes, $messages],
        'parent to task' => [...$php, '-d', "extension=$so", __DIR__ . '/channel.php', 'parent', $bytes, $messages],
        'socket pair' => [...$php, '-d', 'extension=sockets', __DIR__ . '/channel.php', 'pair', $bytes, $messages],
        'C pipe' => [getenv('BENCH_MESSAGES'), 'pipe', $bytes, $messages],
        'C ring' => [getenv('BENCH_MESSAGES'), 'ring', $bytes, $messages],
    ];
    if (getenv('BENCH_SOCKETS') !== '1') {
        unset($commands['socket pair']);
    }
    $times = [];
    for ($round = 0; $round < $rounds; $round++) {
        foreach ($commands as $kind => $command) {
            $output = output_of($command, 100);
            $result = json_decode($output, true);
            if (($result['wrong'] ?? null) !== 0) {
                $wrong++;
                fwrite(STDERR, "$workload, $kind: $output\n");
                continue 3;
            }
            $times[$kind][] = (float) $result['ns'];
        }
    }
    $medians = array_map(median(...), $times);
    $lines[] = json_encode(['what' => 'channel', 'workload' => $workload] + $medians + ['rounds' => $times]);
    if ($verbose) {
        isset($printed_channels) || print(<<<'TEXT'

            nanoseconds for a message of so many bytes from a child to its parent; task to parent, parent to task: by the
            task's own channel; socket pair: socket_create_pair(), with serialize(); C: C programs that bring the bytes


            TEXT);
        $printed_channels = true;
        foreach ($medians as $kind => $ns) {
            printf("%-16s %-14s %11s %6s\n", $workload, $kind, number_format($ns), $ratio($ns, $medians['channel']));
        }
    }
}

if ($verbose) {
    $file = __DIR__ . '/results/' . gmdate('Y-m-d\THis') . '.jsonl';
    is_dir(dirname($file)) || mkdir(dirname($file));
    file_put_contents($file, implode("\n", $lines) . "\n");
    $picture = substr($file, 0, -strlen('jsonl')) . 'svg';
    file_put_contents($picture, bars(array_map(fn (string $line): array => json_decode($line, true), $lines)));
    echo "\n$file\n$picture\n";
} else {
    echo implode("\n", $lines), "\n";
}
exit($wrong === 0 ? 0 : 1);
