<?php

// Curves as SVG: MiB against microseconds, both logarithmic.

declare(strict_types=1);

/** @param array<string, array<int, float>> $curves  name => MiB => microseconds */
function plot(string $title, string $across, array $curves): string
{
    [$width, $height, $left, $right, $top, $bottom] = [860, 500, 70, 190, 56, 60];
    $all = array_merge(...array_map(array_values(...), array_values($curves)));
    $sizes = array_keys(array_replace(...array_values($curves)));
    [$low, $high] = [10 ** floor(log10(min($all))), 10 ** ceil(log10(max($all)))];
    [$least, $most] = [log(min($sizes), 2), max(log(max($sizes), 2), log(min($sizes), 2) + 1)];
    $x = fn (float $mib): float => $left + (log($mib, 2) - $least) / ($most - $least) * ($width - $left - $right);
    $y = fn (float $us): float => $height - $bottom - log10($us / $low) / log10($high / $low) * ($height - $top - $bottom);
    $size = fn (int $mib): string => $mib < 1024 ? "$mib MiB" : $mib / 1024 . ' GiB';
    $time = fn (float $us): string => $us < 1e3 ? "$us µs" : ($us < 1e6 ? $us / 1e3 . ' ms' : $us / 1e6 . ' s');
    $text = fn (float $x, float $y, string $text, string $more = ''): string => sprintf('<text x="%.1f" y="%.1f" %s>%s</text>', $x, $y, $more, htmlspecialchars($text));
    $line = fn (float $x1, float $y1, float $x2, float $y2): string => sprintf('<path d="M%.1f %.1fL%.1f %.1f" stroke="#ddd"/>', $x1, $y1, $x2, $y2);

    $svg = [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 $width $height\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">",
        "<rect width=\"$width\" height=\"$height\" fill=\"#fff\"/>",
        $text($left, 28, $title, 'font-size="17"'),
        $text(($left + $width - $right) / 2, $height - 14, $across, 'text-anchor="middle"'),
    ];
    for ($decade = $low; $decade <= $high; $decade *= 10) {
        foreach ($decade < $high ? [1, 2, 5] : [1] as $step) {
            $svg[] = $line($left, $y($decade * $step), $width - $right, $y($decade * $step));
            $svg[] = $text($left - 8, $y($decade * $step) + 4, $time($decade * $step), 'text-anchor="end"');
        }
    }
    foreach ($sizes as $mib) {
        $svg[] = $line($x($mib), $top, $x($mib), $height - $bottom);
        $svg[] = $text($x($mib), $height - $bottom + 18, $size($mib), 'text-anchor="middle" font-size="11"');
    }
    $colours = ['#888', '#c60', '#06c', '#081', '#aaa'];
    // Names stand at the ends of the curves, and give way to each other.
    $ends = array_map(fn (array $curve): float => $y(end($curve)), array_filter($curves));
    arsort($ends);
    $lowest = INF;
    foreach ($ends as $name => $end) {
        $ends[$name] = $lowest = min($end, $lowest - 17);
    }
    foreach (array_keys(array_filter($curves)) as $i => $name) {
        $colour = $colours[$i % count($colours)];
        $points = [];
        foreach ($curves[$name] as $mib => $us) {
            $points[] = sprintf('%.1f %.1f', $x($mib), $y($us));
            $svg[] = sprintf('<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>', $x($mib), $y($us), $colour);
        }
        $svg[] = sprintf('<path d="M%s" fill="none" stroke="%s" stroke-width="2"/>', implode('L', $points), $colour);
        $svg[] = $text($width - $right + 10, $ends[$name] + 4, $name, "fill=\"$colour\"");
    }
    return implode("\n", [...$svg, '</svg>', '']);
}
