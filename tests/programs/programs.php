<?php

// Runs random programs, several side by side, and tells which of them ended as none may.
//
// usage: see run

declare(strict_types=1);

namespace Programs;

require __DIR__ . '/tree.php';
require __DIR__ . '/closures.php';
require __DIR__ . '/statements.php';
require __DIR__ . '/generator.php';
require __DIR__ . '/ending.php';
require __DIR__ . '/execution.php';

$options = getopt('', ['count:', 'seed:', 'jobs:', 'times:', 'seconds:', 'php:', 'show', 'shrink', 'keep-going'], $rest);
$php = explode("\n", $options['php']);
$seed = (int) ($options['seed'] ?? random_int(1, 1 << 40));
$count = (int) ($options['count'] ?? (isset($options['seed']) ? 1 : 2000));
$jobs = (int) ($options['jobs'] ?? 3);
$seconds = (float) ($options['seconds'] ?? 10);

if (isset($options['show'])) {
    echo Generator::program($seed)->source();
    exit;
}

/**
 * Runs them all. What hung is run once more, alone and with more time, before it counts: other work may have held it up.
 *
 * @param iterable<Program> $programs
 * @param callable(Program, string, Ending): bool $failed true to go on
 */
function run(iterable $programs, int $jobs, array $php, float $seconds, callable $failed): void
{
    /** @var list<Execution> $running */
    $running = [];
    $source = (fn () => yield from $programs)();
    while ($running !== [] || $source->valid()) {
        while (count($running) < $jobs && $source->valid()) {
            $running[] = new Execution($source->current(), $php, $seconds);
            $source->next();
        }
        foreach ($running as $at => $execution) {
            if (!$execution->over()) {
                continue;
            }
            unset($running[$at]);
            $fault = $execution->ending->fault();
            if ($execution->ending->hung && $jobs > 1) {
                $execution = alone($execution->program, $php, 2 * $seconds);
                $fault = $execution->ending->fault();
            }
            if ($fault !== null && !$failed($execution->program, $fault, $execution->ending)) {
                return;
            }
        }
        usleep(1_000);
    }
}

function alone(Program $program, array $php, float $seconds): Execution
{
    $execution = new Execution($program, $php, $seconds);
    while (!$execution->over()) {
        usleep(1_000);
    }
    return $execution;
}

/** Whether the program still has that fault, in so many runs. */
function fails(Program $program, string $fault, int $times, int $jobs, array $php, float $seconds): bool
{
    $seen = false;
    run(array_fill(0, $times, $program), $jobs, $php, $seconds, function ($program, $found) use ($fault, &$seen) {
        $seen = $seen || $found === $fault;
        return !$seen;
    });
    return $seen;
}

/** Takes away whatever is not needed for the fault. */
function shrink(Program $program, string $fault, int $times, int $jobs, array $php, float $seconds): void
{
    do {
        $smaller = false;
        foreach (iterator_to_array($program->reductions(), false) as $reduce) {
            $undo = $reduce();
            if ($undo === null) {
                continue;
            }
            if (fails($program, $fault, $times, $jobs, $php, $seconds)) {
                $smaller = true;
            } else {
                $undo();
            }
        }
    } while ($smaller);
}

$times = (int) ($options['times'] ?? 1);
if (isset($options['shrink'])) {
    $program = Generator::program($seed);
    $fault = null;
    run(array_fill(0, max(10, $times), $program), $jobs, $php, $seconds, function ($program, $found) use (&$fault) {
        $fault = $found;
        return false;
    });
    if ($fault === null) {
        echo "seed $seed does not fail\n";
        exit(0);
    }
    if ($fault === 'hangs') { // each that does costs its time: it need not be long
        [$seconds, $jobs] = [min($seconds, 1.5), 1];
    }
    shrink($program, $fault, $times, $jobs, $php, $seconds);
    echo $program->source(), "// $fault\n";
    exit(1);
}

echo "seed $seed, $count programs\n";
$faults = [];
$failures = 0;
$programs = (function () use ($seed, $count, $times) {
    for ($n = 0; $n < $count; $n++) {
        $program = Generator::program($seed + $n);
        for ($time = 0; $time < $times; $time++) {
            yield $program;
        }
    }
})();
run($programs, $jobs, $php, $seconds, function (Program $program, string $fault, Ending $ending) use (&$failures, &$faults, $count) {
    $failures++;
    $faults[$fault][] = $program->seed;
    echo "seed $program->seed: $fault\n";
    if ($count === 1) {
        echo '--- ' . substr($ending->output, 0, 20_000) . "\n--- " . implode("\n    ", $ending->log) . "\n" . implode("\n", $ending->left) . "\n";
    }
    return true;
});
foreach ($faults as $fault => $seeds) {
    echo count($seeds), " x $fault: ", implode(' ', array_slice($seeds, 0, 12)), "\n";
}
echo $count * $times - $failures, ' passed, ', $failures, " failed\n";
exit($failures > 0 ? 1 : 0);
