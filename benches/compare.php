<?php

// Measures two builds of the extension in turn, and tells which workloads have become slower or faster beyond what the rounds
// differ among themselves.
//
// usage: tools/bench-compare REVISION [--ini] [--only=latency,warm-throughput-1] [--rounds=15] [--turns=8]
//
// A round is a process of either build, that live at the same time and measure in turn, so often: where a machine is faster
// in some seconds than in others, both have the same share of them; and where a process is faster than another of the same
// build, by where its memory happens to be, that is a difference between rounds. The older one is first in every other turn;
// the first turn does not count. `ratio` is the median of the rounds' ratios, newer to older, and a round's ratio that of its
// turns; `noise` is twice the standard error of that median, from the rounds' median deviation. A workload has
// changed when its ratio is further from 1 than its noise, and than 1 %. Of a value it is the whole task in a process of its
// own, and the way back from a warm worker: see values.php. Exit status 1 when an answer was wrong.

declare(strict_types=1);

require __DIR__ . '/workloads.php';
require __DIR__ . '/process.php';

$options = getopt('', ['older:', 'newer:', 'only:', 'rounds:', 'turns:'], $rest);
$php = [...explode("\n", getenv('BENCH_PHP')), '-d', 'memory_limit=-1', '-d', 'ffi.enable=1'];
$workloads = array_map(fn (): string => __DIR__ . '/async.php', workloads()) + array_map(fn (): string => __DIR__ . '/warm.php', warm_workloads());
$values = json_decode(output_of([PHP_BINARY, '-n', __DIR__ . '/values.php', '--list'], 20), true);
$workloads += array_map(fn (): string => __DIR__ . '/values.php', array_diff_key($values, ['blob1g' => 1]));
$only = isset($options['only']) ? explode(',', $options['only']) : array_keys($workloads);
$rounds = (int) ($options['rounds'] ?? 15);
$turns = (int) ($options['turns'] ?? 8);
$unknown = array_diff($only, array_keys($workloads));
if ($rest !== $argc || count(preg_grep('/^--/', $argv)) !== count($options) || $unknown !== [] || $rounds < 3 || $turns < 1) {
    fwrite(STDERR, $unknown === [] ? "usage: tools/bench-compare REVISION [--only=WORKLOAD,...] [--rounds=N, 3 or more] [--turns=N]\n" : 'no workload ' . implode(', ', $unknown) . "\n");
    exit(2);
}
preg_match('/^Cpus_allowed_list:\s+(\d+)/m', (string) file_get_contents('/proc/self/status'), $first);

/** A process that measures a workload once for each line it is sent. @return array{resource, resource, resource} */
$start = function (string $build, string $workload) use ($php, $workloads, $options, $first): array {
    $where = $workload === 'warm-latency-pinned' ? ['taskset', '-c', $first[1] ?? '0'] : [];
    $command = [...$where, ...$php, '-d', "extension={$options[$build]}", $workloads[$workload], $workload];
    $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $pipes, env_vars: ['BENCH_TURNS' => '1'] + getenv());
    return [$process, ...$pipes];
};

/** Microseconds, or what was printed instead of a right answer. */
$measure = function (array $process): float|string {
    [$running, $to, $from] = $process;
    fwrite($to, "\n");
    $ready = [$from];
    $none = null;
    if (stream_select($ready, $none, $none, 100) === 0) {
        proc_terminate($running, SIGKILL);
        return 'no answer within 100 s';
    }
    $output = (string) fgets($from);
    $result = json_decode($output, true);
    return is_array($result) && $result['wrong'] === 0
        ? (float) ($result['us'] ?? $result['task'] + $result['back warm'])
        : $output;
};

$wrong = false;
printf("%-24s %10s %10s %8s %8s\n", 'microseconds', 'older', 'newer', 'ratio', 'noise');
foreach ($only as $workload) {
    $busy = str_starts_with($workload, 'busy-') ? busy_processes() : [];
    $times = $ratios = [];
    $is_right = true;
    for ($round = 0; $round < $rounds && $is_right; $round++) {
        $processes = ['older' => $start('older', $workload), 'newer' => $start('newer', $workload)];
        $of_turns = [];
        for ($turn = 0; $turn <= $turns && $is_right; $turn++) {
            $us = array_map($measure, $turn % 2 === 1 ? array_reverse($processes) : $processes);
            $failed = array_filter($us, is_string(...));
            $is_right = $failed === [];
            if ($is_right && $turn > 0) {
                $times['older'][] = $us['older'];
                $times['newer'][] = $us['newer'];
                $of_turns[] = $us['newer'] / $us['older'];
            }
        }
        foreach ($processes as $build => [$process, $to, $from]) {
            fclose($to); // it ends
            if (isset($failed[$build])) {
                fwrite(STDERR, "$workload, $build: $failed[$build]" . stream_get_contents($from) . "\n");
            }
            proc_close($process);
        }
        $ratios[] = median($of_turns);
    }
    array_map(proc_terminate(...), $busy);
    if (!$is_right) {
        $wrong = true;
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
exit($wrong ? 1 : 0);
