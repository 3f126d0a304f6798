<?php

// Measures two builds of the extension in turn, each workload in a process of its own, and tells which workloads have
// become slower or faster beyond what the rounds differ among themselves.
//
// usage: tools/bench-compare REVISION [--ini] [--only=latency,warm-throughput-1] [--rounds=9]
//
// Each round measures both builds, the older one first in every other round. `ratio` is the median of the rounds' ratios,
// newer to older; `noise` is twice the standard error of that median, from the rounds' median deviation. A workload has
// changed when its ratio is further from 1 than its noise, and than 1 %. Exit status 1 when an answer was wrong.

declare(strict_types=1);

require __DIR__ . '/workloads.php';
require __DIR__ . '/process.php';

$options = getopt('', ['older:', 'newer:', 'only:', 'rounds:'], $rest);
$php = [...explode("\n", getenv('BENCH_PHP')), '-d', 'memory_limit=-1', '-d', 'ffi.enable=1'];
$workloads = array_map(fn (): string => __DIR__ . '/async.php', workloads()) + array_map(fn (): string => __DIR__ . '/warm.php', warm_workloads());
$values = json_decode(output_of([PHP_BINARY, '-n', __DIR__ . '/values.php', '--list'], 20), true);
$workloads += array_map(fn (): string => __DIR__ . '/values.php', array_diff_key($values, ['blob1g' => 1]));
$only = isset($options['only']) ? explode(',', $options['only']) : array_keys($workloads);
$rounds = (int) ($options['rounds'] ?? 9);
$unknown = array_diff($only, array_keys($workloads));
if ($rest !== $argc || count(preg_grep('/^--/', $argv)) !== count($options) || $unknown !== [] || $rounds < 3) {
    fwrite(STDERR, $unknown === [] ? "usage: tools/bench-compare REVISION [--only=WORKLOAD,...] [--rounds=N, 3 or more]\n" : 'no workload ' . implode(', ', $unknown) . "\n");
    exit(2);
}
preg_match('/^Cpus_allowed_list:\s+(\d+)/m', (string) file_get_contents('/proc/self/status'), $first);

/** Microseconds by build. @return array{older: float, newer: float}|null */
$measure = function (string $workload, bool $newer_first) use ($php, $workloads, $options, $first): ?array {
    $us = [];
    foreach ($newer_first ? ['newer', 'older'] : ['older', 'newer'] as $build) {
        $where = $workload === 'warm-latency-pinned' ? ['taskset', '-c', $first[1] ?? '0'] : [];
        $output = output_of([...$where, ...$php, '-d', "extension={$options[$build]}", $workloads[$workload], $workload], 100);
        $result = json_decode($output, true);
        if (!is_array($result) || $result['wrong'] !== 0) {
            fwrite(STDERR, "$workload, $build: $output\n");
            return null;
        }
        $us[$build] = (float) ($result['us'] ?? $result['warm'] + $result['fork']);
    }
    return $us;
};

$wrong = 0;
printf("%-24s %10s %10s %8s %8s\n", 'microseconds', 'older', 'newer', 'ratio', 'noise');
foreach ($only as $workload) {
    $busy = str_starts_with($workload, 'busy-') ? busy_processes() : [];
    $times = $ratios = [];
    for ($round = 0; $round < $rounds; $round++) {
        $us = $measure($workload, $round % 2 === 1);
        if ($us === null) {
            $wrong++;
            break;
        }
        $times['older'][] = $us['older'];
        $times['newer'][] = $us['newer'];
        $ratios[] = $us['newer'] / $us['older'];
    }
    array_map(proc_terminate(...), $busy);
    if ($ratios === []) {
        continue;
    }
    $ratio = median($ratios);
    $deviation = median(array_map(fn (float $one): float => abs($one - $ratio), $ratios));
    // 1.4826: of a median deviation to a standard one; 1.2533: of the error of a mean to that of a median.
    $noise = 2 * 1.4826 * 1.2533 * $deviation / sqrt(count($ratios));
    $change = match (true) {
        abs($ratio - 1) <= max($noise, 0.01) => '',
        $ratio > 1 => 'slower',
        default => 'faster',
    };
    printf("%-24s %10.2f %10.2f %8.3f %8.3f  %s\n", $workload, median($times['older']), median($times['newer']), $ratio, $noise, $change);
}
exit($wrong > 0 ? 1 : 0);
