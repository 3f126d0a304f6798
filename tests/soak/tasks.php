<?php

// Millions of tasks of one script, of all kinds in turn: what the parent has of memory, descriptors and children stays what it
// is, and so does what a task takes, as the picture shows.

declare(strict_types=1);

require __DIR__ . '/picture.php';

use Async\{Output, Pool};

use function Async\await;

$tasks = (int) (getenv('SOAK_TASKS') ?: 2_000_000);
$rounds = max(20, intdiv($tasks, 10_000));
$share = fn (float $of): int => max(1, (int) round($tasks / $rounds * $of));
$wrong = [];
$check = function (string $kind, int $i, mixed $got, mixed $right) use (&$wrong): void {
    if ($got !== $right) {
        $wrong[] = "$kind $i: " . json_encode($got);
    }
};

$isolated = Pool::create()->concurrency(4);
$captured = Pool::create()->concurrency(4)->output(Output::Capture);
$retried = Pool::create()->concurrency(4)->retry(2);
$warm = Pool::create()->concurrency(2)->tasksPerChild(0);
$failures = tempnam(sys_get_temp_dir(), 'soak');

/** Each does so many tasks. @var array<string, array{float, Closure(int): void}> $kinds name => share, what */
$kinds = [
    'isolated' => [0.2, function (int $count) use ($isolated, $check): void {
        for ($i = 0; $i < $count; $i++) {
            $isolated[] = fn (): int => $i * 2;
        }
        foreach (array_values(await($isolated)) as $i => $got) {
            $check('isolated', $i, $got, $i * 2);
        }
        $isolated->clearFinished();
    }],
    'captured' => [0.1, function (int $count) use ($captured, $check): void {
        $futures = [];
        for ($i = 0; $i < $count; $i++) {
            $futures[] = $captured->add(function () use ($i): int {
                echo "task $i";
                return $i;
            });
        }
        await($captured);
        foreach ($futures as $i => $future) {
            $check('captured', $i, $future->output(), "task $i");
        }
        $captured->clearFinished();
    }],
    'retried' => [0.2, function (int $count) use ($retried, $failures, $check): void {
        // Each fails once: two attempts are two tasks. What has failed is noted where the next attempt finds it.
        ftruncate(fopen($failures, 'r+'), 0);
        for ($i = 0; $i < $count / 2; $i++) {
            $retried[] = function () use ($i, $failures): int {
                $file = fopen($failures, 'r+');
                fseek($file, $i);
                if (fread($file, 1) === 'x') {
                    return $i;
                }
                fseek($file, $i);
                fwrite($file, 'x');
                throw new RuntimeException('not yet');
            };
        }
        foreach (array_values(await($retried)) as $i => $got) {
            $check('retried', $i, $got, $i);
        }
        $retried->clearFinished();
    }],
    'warm' => [0.25, function (int $count) use ($warm, $check): void {
        for ($i = 0; $i < $count; $i++) {
            $warm[] = fn (): array => ['number' => $i, 'text' => "task $i"];
        }
        foreach (array_values(await($warm)) as $i => $got) {
            $check('warm', $i, $got, ['number' => $i, 'text' => "task $i"]);
        }
        $warm->clearFinished();
    }],
    'mapped' => [0.25, function (int $count) use ($check): void {
        foreach (Async\map(range(1, $count), fn (int $x): int => $x * $x, 2) as $i => $got) {
            $check('mapped', $i, $got, ($i + 1) ** 2);
        }
    }],
];

$own = function (): array {
    $status = (string) file_get_contents('/proc/self/status');
    return [
        'memory' => preg_match('/^RssAnon:\s+(\d+)/m', $status, $m) ? $m[1] / 1024 : 0.0,
        'PHP' => memory_get_usage() / 1024 / 1024,
        'descriptors' => (float) (count(scandir('/proc/self/fd')) - 3),
        'children' => (float) substr_count((string) file_get_contents('/proc/self/task/' . getmypid() . '/children'), ' '),
    ];
};
// In a file: what is noted takes no memory of this script.
$notes = tmpfile();
for ($done = $round = 0; $round < $rounds; $round++) {
    $noted = [];
    foreach ($kinds as $kind => [$of, $do]) {
        $count = $share($of);
        $started = hrtime(true);
        $do($count);
        $noted[$kind] = (hrtime(true) - $started) / 1e3 / $count;
        $done += $count;
    }
    gc_collect_cycles();
    fwrite($notes, json_encode(['done' => $done] + $own() + $noted) . "\n");
}
rewind($notes);
$curves = [];
while (($line = fgets($notes)) !== false) {
    $noted = json_decode($line, true);
    foreach ($noted as $what => $value) {
        $curves[$what][] = [$noted['done'] / 1e6, (float) $value];
    }
}
unlink($failures);

$only = fn (string ...$names): array => array_combine($names, array_map(fn (string $name): array => $curves[$name], $names));
file_put_contents(getenv('SOAK_PICTURE'), picture(number_format($done) . ' tasks of one script', [
    'Memory of the parent, MB' => ['all' => $curves['memory'], 'of PHP' => $curves['PHP']],
    'Descriptors and children of the parent, between two rounds' => $only('descriptors', 'children'),
    'Microseconds a task in a process of its own' => $only('isolated', 'captured', 'retried'),
    'Microseconds a task of a warm worker, and an item of map()' => $only('warm', 'mapped'),
], [], $done / 1e6, max(0.001, round($done / 1e6 / 8, 3)), '%.2f M'));

$passed = $failed = 0;
$expect = function (string $what, bool $right, mixed $seen) use (&$passed, &$failed): void {
    $right ? $passed++ : $failed++;
    echo $right ? 'ok   ' : 'FAIL ', $what, ': ', json_encode($seen), "\n";
};
/** Medians of the second tenth and of the last one: in the first, what is kept for the next tasks is made. */
$ends = function (string $what) use ($curves, $rounds): array {
    $median = function (int $from) use ($curves, $what, $rounds): float {
        $values = array_column(array_slice($curves[$what], $from, intdiv($rounds, 10)), 1);
        sort($values);
        return round($values[intdiv(count($values), 2)], 3);
    };
    return [$median(intdiv($rounds, 10)), $median($rounds - intdiv($rounds, 10))];
};
$expect('each task has its own answer', $wrong === [] && $done >= $tasks * 0.99, [$done, array_slice($wrong, 0, 5)]);
[$before, $after] = $ends('memory');
$expect('the memory of the parent is what it was', $after <= $before * 1.05 + 0.5, [$before, $after]);
[$before, $after] = $ends('PHP');
$expect('and that of PHP', $after <= $before * 1.01 + 0.1, [$before, $after]);
// Workers of the last map() may be ending just then.
foreach (['descriptors', 'children'] as $what) {
    $values = array_column($curves[$what], 1);
    $halves = array_map(max(...), array_chunk($values, intdiv($rounds + 1, 2)));
    $expect("it never has more $what in the second half", $halves[1] <= $halves[0], $halves);
}
foreach (array_keys($kinds) as $kind) {
    [$before, $after] = $ends($kind);
    printf("     %s: %.2f us a task at first, %.2f at last\n", $kind, $before, $after);
}
echo "$passed passed, $failed failed\n";
exit($failed === 0 ? 0 : 1);
