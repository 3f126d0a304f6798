<?php

declare(strict_types=1);

require __DIR__ . '/picture.php';

$seconds = (float) (getenv('SOAK_SECONDS') ?: 600);
$folder = getenv('SOAK_WORK');
mt_srand($seed = (int) (getenv('SOAK_SEED') ?: random_int(1, 1 << 30)));
echo "SOAK_SEED=$seed, a day in $seconds s\n";
$release = function (int $number) use ($folder): void {
    file_put_contents("$folder/code.new", "<?php const RELEASE = 'release $number';");
    rename("$folder/code.new", "$folder/code.php");
};
$release(1);
$probe = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($probe, false);
fclose($probe);
$log = ['file', "$folder/errors", 'a'];
$process = proc_open([getenv('SOAK_PHP'), ...array_slice($argv, 1), __DIR__ . '/service.php', $folder, $address], [['file', '/dev/null', 'r'], $log, $log], $pipes);
$pid = proc_get_status($process)['pid'];
$pid > 1 || exit("0 passed, 1 failed\n");
register_shutdown_function(function () use ($process): void {
    proc_terminate($process, SIGKILL);
});

/** @return list<int> */
$children = fn (): array => array_map(intval(...), preg_split('/ /', (string) @file_get_contents("/proc/$pid/task/$pid/children"), 0, PREG_SPLIT_NO_EMPTY));
$kilobytes = fn (int $pid, string $what): int => preg_match("/^$what:\s+(\d+)/m", (string) @file_get_contents("/proc/$pid/status"), $m) ? (int) $m[1] : 0;
$ask = fn (string $path): string => (string) @file_get_contents("http://$address$path", false, stream_context_create(['http' => ['timeout' => 5, 'ignore_errors' => true]]));
$started = hrtime(true);
$now = fn (): float => (hrtime(true) - $started) / 1e9 / $seconds * 24;      // in hours of that day
$health = fn (): array => json_decode((string) @file_get_contents("$folder/health.json"), true) ?: [];

// The day: a worker is killed every ten minutes, all are replaced each hour but when a new program is taken on, and from seven on
// there are more, until seven in the evening.
$plan = [];
for ($hour = 0.05; $hour < 23.5; $hour += 1 / 6) {
    $plan[] = [$hour, 'kill'];
}
for ($hour = 1; $hour < 24; $hour++) {
    $plan[] = [(float) $hour, $hour % 6 === 0 ? 'new program' : 'reload'];
}
$mail = fn (float $hour): int => $hour >= 7 && $hour < 19 ? 7 : 3;
usort($plan, fn (array $a, array $b) => $a[0] <=> $b[0]);

$samples = $marks = $answers = $zombies = [];
$restarts = $restartsBefore = $jobs = $jobsBefore = $number = 0;
$next = 0.0;
while ($now() < 24) {
    proc_get_status($process)['running'] || exit("the supervisor has ended:\n" . substr(file_get_contents("$folder/errors"), -1000) . "\n0 passed, 1 failed\n");
    while ($plan && $plan[0][0] <= $now()) {
        [$hour, $what] = array_shift($plan);
        $marks[] = [$hour, $what];
        if ($what === 'kill') {
            // Workers that are children now. Of none there is no number: 0 and -1 would be other processes, and many.
            $all = array_values(array_intersect($children(), array_column($health()['workers'] ?? [], 'pid')));
            if ($all && ($one = $all[mt_rand(0, count($all) - 1)]) > 1) {
                posix_kill($one, SIGKILL);
            }
        } else {
            $what === 'new program' && $release(2 + ++$number);
            posix_kill($pid, SIGHUP);
        }
    }
    $marks = array_values(array_filter($marks, fn (array $mark) => $mark[1] !== 'kill'));
    $how = $health();
    if (($how['state'] ?? '') === 'running') {
        $there = count(array_filter($how['workers'], fn (array $worker) => $worker['name'] === 'mail'));
        if ($there !== $mail($now()) && ($how['age'] ?? 0) > 1.5) {
            posix_kill($pid, $there < $mail($now()) ? SIGTTIN : SIGTTOU);
            usleep(1_200_000);                              // until the file says so
        }
    }
    if ($now() >= $next) {
        $next += 24 / 480;
        $all = $children();
        $states = array_map(fn (int $child) => preg_match('/\) (\w)/', (string) @file_get_contents("/proc/$child/stat"), $m) ? $m[1] : '', $all);
        $zombies[] = count(array_keys($states, 'Z'));
        // Of an executed program the counts begin anew.
        $metrics = $ask('/metrics');
        $sum = fn (string $name): int => preg_match_all("/^async_supervisor_{$name}_total\{.*\} (\d+)$/m", $metrics, $m) ? (int) array_sum($m[1]) : 0;
        foreach (['restarts', 'jobs'] as $count) {
            $value = $sum("$count");
            $$count += $value >= ${"{$count}Before"} ? $value - ${"{$count}Before"} : $value;
            $metrics !== '' && ${"{$count}Before"} = $value;
        }
        $answers[] = (int) ($metrics !== '' && $ask('/health') !== '' && $ask('/history') !== '' && $ask('/') !== '');
        $descriptors = count(scandir("/proc/$pid/fd")) - 2;
        $samples[] = ['hour' => $now(), 'memory' => $kilobytes($pid, 'RssAnon') / 1024, 'workers' => array_sum(array_map(fn (int $child) => $kilobytes($child, 'RssAnon'), $all)) / 1024,
            'descriptors' => $descriptors, 'own' => $descriptors - 2 * count($all), 'processes' => count($all), 'restarts' => $restarts, 'jobs' => $jobs];
    }
    usleep(20_000);
}
posix_kill($pid, SIGTERM);
while (($status = proc_get_status($process))['running']) {
    usleep(5000);
}

$curve = fn (string $what): array => array_map(fn (array $sample) => [$sample['hour'], (float) $sample[$what]], $samples);
/** How much it grows in an hour, by the hours. */
$rate = function (string $what) use ($samples): array {
    $points = [];
    for ($hour = 1; $hour <= 24; $hour++) {
        $within = array_column(array_filter($samples, fn (array $sample) => $sample['hour'] >= $hour - 1 && $sample['hour'] < $hour), $what);
        $within && $points[] = [$hour - 0.5, (float) (max($within) - min($within))];
    }
    return $points;
};
file_put_contents(getenv('SOAK_PICTURE'), picture("A day of a supervisor in $seconds s: 5 to 9 workers; grey: all replaced, violet: a new program", [
    'Memory of its own, MB' => ['supervisor' => $curve('memory')],
    'Memory of all workers, MB' => ['workers' => $curve('workers')],
    'Descriptors of the supervisor, processes' => ['descriptors' => $curve('descriptors'), 'processes' => $curve('processes')],
    'Restarts in an hour' => ['restarts' => $rate('restarts')],
], $marks));

$passed = $failed = 0;
$expect = function (string $what, bool $right, mixed $seen) use (&$passed, &$failed): void {
    $right ? $passed++ : $failed++;
    echo $right ? 'ok   ' : 'FAIL ', $what, ': ', json_encode($seen), "\n";
};
$median = function (string $what, float $from, float $to) use ($samples): float {
    $values = array_column(array_filter($samples, fn (array $sample) => $sample['hour'] >= $from && $sample['hour'] < $to), $what);
    sort($values);
    return (float) $values[intdiv(count($values), 2)];
};
// The same hours of the two halves of the night, when there are the same number of workers.
$pairs = [];
foreach (['memory', 'own', 'processes'] as $what) {
    $pairs[$what] = [$median($what, 1, 5.9), $median($what, 19.5, 24)];
}
$expect('the memory of the supervisor is what it was', $pairs['memory'][1] <= $pairs['memory'][0] * 1.1 + 0.5, $pairs['memory']);
$expect('it has no more descriptors than before, but for two of each worker', $pairs['own'][1] <= $pairs['own'][0] + 1, $pairs['own']);
$expect('there are as many processes', abs($pairs['processes'][1] - $pairs['processes'][0]) <= 1, $pairs['processes']);
$expect('those that have ended are reaped', count(array_filter($zombies)) < count($zombies) / 10 && max($zombies) <= 9, [count(array_filter($zombies)), max($zombies)]);
$expect('it has answered each time', array_sum($answers) >= count($answers) - 2, [array_sum($answers), count($answers)]);
$released = substr_count(file_get_contents("$folder/log"), 'the new program is tried');
$expect('new programs were taken on', $released === 3 && !str_contains(file_get_contents("$folder/log"), 'all stays as it is'), $released);
$expect('workers were restarted, and did their jobs', $restarts > 100 && $jobs > 1000, [$restarts, $jobs]);
$expect('it ends as drained', in_array($status['exitcode'], [0, 2], true), $status['exitcode']);
getenv('SOAK_LOG') && copy("$folder/log", getenv('SOAK_LOG'));
echo "$passed passed, $failed failed\n";
exit($failed === 0 ? 0 : 1);
