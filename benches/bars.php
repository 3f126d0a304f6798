<?php

// The lines that `make bench` leaves, as SVG: for each workload a bar for each contender, microseconds on a logarithmic axis.

declare(strict_types=1);

/** @param list<array<string, mixed>> $lines */
function bars(array $lines): string
{
    $groups = [
        'A process of its own for each task' => ['floor' => 'fork, _exit, waitpid', 'pcntl' => 'pcntl_fork', 'async' => 'async'],
        'Warm workers' => ['C' => 'round trip of two C programs', 'ideal' => 'ideal schedule', 'pcntl' => 'pcntl_fork', 'async' => 'async'],
        'A value and back' => ['serialize' => 'serialize(), in one process', 'igbinary' => 'igbinary, in one process', 'fork' => 'async, its own child', 'warm' => 'async, warm'],
    ];
    $colours = ['floor' => '#999', 'C' => '#999', 'ideal' => '#999', 'serialize' => '#999', 'igbinary' => '#bbb', 'pcntl' => '#d98a3d', 'async' => '#2a6fdb', 'fork' => '#7fa8e6', 'warm' => '#2a6fdb'];
    $figures = array_fill_keys(array_keys($groups), []);
    foreach ($lines as $line) {
        if ($line['what'] === 'figure') {
            $warm = array_key_exists('to_C', $line) || array_key_exists('to_ideal', $line);
            $figures[$warm ? 'Warm workers' : 'A process of its own for each task'][$line['workload']][$line['contender']] = (float) $line['us'];
        } elseif ($line['what'] === 'value') {
            $figures['A value and back'][$line['workload']] = array_filter(array_intersect_key($line, $groups['A value and back']), fn (mixed $us): bool => $us > 0);
        }
    }
    $machine = $lines[0];
    [$width, $left, $right, $bar, $y] = [900, 190, 80, 11, 44];
    $text = fn (float $x, float $y, string $text, string $more = ''): string => sprintf('<text x="%.1f" y="%.1f" %s>%s</text>', $x, $y, $more, htmlspecialchars($text));
    $time = fn (float $us): string => match (true) {
        $us < 1 => round($us * 1e3) . ' ns',
        $us < 1e3 => round($us, $us < 10 ? 1 : 0) . ' µs',
        $us < 1e6 => round($us / 1e3, $us < 1e4 ? 1 : 0) . ' ms',
        default => round($us / 1e6, 1) . ' s',
    };
    $svg = [$text(20, 24, "Time of a task, PHP $machine[php], $machine[processor], $machine[cpus] processors, " . substr($machine['time'], 0, 10), 'font-size="15"')];
    foreach (array_filter($figures) as $group => $workloads) {
        $all = array_merge(...array_map(array_values(...), array_values($workloads)));
        [$low, $high] = [10 ** floor(log10(min($all))), 10 ** ceil(log10(max($all)))];
        $x = fn (float $us): float => $left + log10($us / $low) / log10($high / $low) * ($width - $left - $right);
        $svg[] = $text(20, $y + 12, $group, 'font-weight="600"');
        $at = $left + 90;
        foreach (array_intersect_key($groups[$group], array_merge(...array_values($workloads))) as $name => $what) {
            $svg[] = sprintf('<rect x="%d" y="%.1f" width="10" height="10" fill="%s"/>', $at, $y + 3, $colours[$name]);
            $svg[] = $text($at + 14, $y + 12, $what, 'font-size="11"');
            $at += 30 + (int) (strlen($what) * 5.6);
        }
        $top = $y += 26;
        foreach ($workloads as $workload => $contenders) {
            $svg[] = $text($left - 8, $y + count($contenders) * $bar / 2 + 3, $workload, 'text-anchor="end" font-size="11"');
            foreach ($contenders as $name => $us) {
                $svg[] = sprintf('<rect x="%d" y="%.1f" width="%.1f" height="%d" fill="%s"/>', $left, $y, max(1, $x($us) - $left), $bar - 2, $colours[$name]);
                $svg[] = $text($x($us) + 4, $y + $bar - 3, $time($us), 'font-size="9"');
                $y += $bar;
            }
            $y += 6;
        }
        for ($decade = $low; $decade <= $high; $decade *= 10) {
            $svg[] = sprintf('<path d="M%.1f %.1fV%.1f" stroke="#ccc" stroke-width="0.5"/>', $x($decade), $top - 4, $y);
            $svg[] = $text($x($decade), $y + 10, $time($decade), 'text-anchor="middle" font-size="9"');
        }
        $y += 34;
    }
    return implode("\n", [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 $width $y\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">",
        "<rect width=\"$width\" height=\"$y\" fill=\"#fff\"/>",
        ...$svg,
        '</svg>',
        '',
    ]);
}
