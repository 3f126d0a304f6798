<?php

// What an empty task costs under heaps from 1 MiB to 2 GiB, fork to reaped: the floor, pcntl, and the extension with
// async.huge_pages off and on; and the floor once more, where the heap is in huge pages. Prints a table, and leaves JSON
// lines and a picture in benches/results/.
//
// usage: tools/bench --curve [--ini] [--sizes=1,16,512] [--rounds=3] [--warm-up=400]
//
// --ini          with php.ini, and the extensions that it loads: first of the options
// --sizes=...    heaps in MiB
// --rounds=N     how often each is measured, each time in a process of its own
// --warm-up=N    tasks before those that count, where huge pages are on: they pay for the huge pages
//
// What does not fit into half of the free memory is left out. Nothing is asserted about time.

declare(strict_types=1);

require __DIR__ . '/workloads.php';
require __DIR__ . '/process.php';
require __DIR__ . '/plot.php';

$options = getopt('', ['sizes:', 'rounds:', 'warm-up:'], $rest);
$sizes = array_map(intval(...), explode(',', $options['sizes'] ?? '1,4,16,32,64,128,256,512,1024,2048'));
[$rounds, $warm_up] = [(int) ($options['rounds'] ?? 3), (int) ($options['warm-up'] ?? 400)];
if ($rest !== $argc || count(preg_grep('/^--/', $argv)) !== count($options) || min($sizes) < 1 || $rounds < 1 || $warm_up < 0) {
    fwrite(STDERR, "usage: tools/bench --curve [--ini] [--sizes=MIB,...] [--rounds=N] [--warm-up=N]\n");
    exit(2);
}

$php = [...explode("\n", getenv('BENCH_PHP')), '-d', 'memory_limit=-1', '-d', 'ffi.enable=1'];
$async = [...$php, '-d', 'extension=' . getenv('ASYNC_SO')];
$contenders = [
    'floor' => fn (string $heap) => [...$php, __DIR__ . '/floor.php', $heap, '3'],
    'pcntl' => fn (string $heap) => [...$php, __DIR__ . '/pcntl.php', $heap, '3'],
    'off' => fn (string $heap) => [...$async, '-d', 'async.huge_pages=0', __DIR__ . '/async.php', $heap, '3'],
    'on' => fn (string $heap) => [...$async, __DIR__ . '/async.php', $heap, (string) $warm_up],
    'bare' => fn (string $heap) => [...$async, __DIR__ . '/floor.php', $heap, (string) $warm_up],
];
$names = [
    'floor' => 'fork, _exit, waitpid',
    'pcntl' => 'pcntl',
    'off' => 'async.huge_pages=0',
    'on' => 'async.huge_pages=1',
    'bare' => 'fork, huge pages',
];

/**
 * Microseconds for a task under so many MiB, and for those that came before it together.
 *
 * @return array{float, float}
 */
function measured(Closure $command, int $mib): array
{
    $result = json_decode($output = output_of($command("heap$mib"), 300), true);
    if (!is_array($result) || $result['wrong'] !== 0) {
        fwrite(STDERR, "heap$mib: $output\n");
        exit(1);
    }
    return [$result['us'], $result['warm_up']];
}

$mappings = output_of([...$php, '-r', 'echo count(file("/proc/self/maps"));'], 60);
echo "microseconds for an empty task, fork to reaped, medians; on: after $warm_up tasks that paid for huge pages\n";
echo "a PHP of $mappings mappings\n\n";
printf("%8s %10s %10s %10s %10s %12s %12s %28s\n", 'MiB', 'floor', 'pcntl', 'off', 'on', 'floor, on', "on / $sizes[0] MiB", "first $warm_up, on / all off");
$lines = [];
$curves = array_fill_keys(array_values($names), []);
foreach ($sizes as $mib) {
    if ($mib << 20 > free_memory() / 2) {
        printf("%8d left out: not twice as much memory is free\n", $mib);
        continue;
    }
    $figures = $paid = $grown = [];
    for ($round = 0; $round < $rounds; $round++) {
        foreach ($contenders as $name => $command) {
            [$figures[$name][], $paid[$name][]] = measured($command, $mib);
        }
        // Right after it: the machine's pace changes from minute to minute.
        $grown[] = end($figures['on']) / measured($contenders['on'], $first ??= $mib)[0];
    }
    $medians = array_map(median(...), $figures);
    // What the tasks took that paid, against what they would have taken without.
    $ratio = $warm_up > 0 ? median($paid['on']) / $warm_up / $medians['off'] : NAN;
    printf("%8d %10.0f %10.0f %10.0f %10.0f %12.0f %12.2f %28.2f\n", $mib, ...[...array_values($medians), median($grown), $ratio]);
    $lines[] = json_encode(['what' => 'fork-curve', 'mib' => $mib] + $medians + ['grown' => round(median($grown), 3), 'first' => round($ratio, 3), 'rounds' => $figures]);
    foreach ($medians as $name => $us) {
        $curves[$names[$name]][$mib] = $us;
    }
}

$folder = __DIR__ . '/results';
is_dir($folder) || mkdir($folder);
file_put_contents("$folder/fork-curve.jsonl", implode("\n", $lines) . "\n");
file_put_contents("$folder/fork-curve.svg", plot('An empty task, fork to reaped', 'heap of the parent', $curves));
echo "\n$folder/fork-curve.svg\n";
