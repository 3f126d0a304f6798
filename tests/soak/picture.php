<?php

declare(strict_types=1);

/**
 * Panels of curves over the hours of a day, or over something else that ends at $end, as SVG.
 *
 * @param array<string, array<string, list<array{float, float}>>> $panels title => curve => points of [hour, value]
 * @param list<array{float, string}> $marks hours at which something was done
 * @param float $every where to write how late it is
 * @param string $label how, as printf() has it
 */
function picture(string $title, array $panels, array $marks, float $end = 24, float $every = 3, string $label = '%d:00'): string
{
    [$width, $left, $right, $top, $height, $gap] = [900, 60, 150, 60, 120, 46];
    $whole = $top + count($panels) * ($height + $gap) + 10;
    $colours = ['#2a6fdb', '#c2571a', '#2e7d32', '#7b3fa0', '#777'];
    $x = fn (float $hour): float => $left + $hour / $end * ($width - $left - $right);
    $text = fn (float $x, float $y, string $text, string $more = ''): string => sprintf('<text x="%.1f" y="%.1f" %s>%s</text>', $x, $y, $more, htmlspecialchars($text));
    $svg = [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 $width $whole\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">",
        "<rect width=\"$width\" height=\"$whole\" fill=\"#fff\"/>",
        $text($left, 26, $title, 'font-size="16"'),
    ];
    foreach (array_keys($panels) as $n => $name) {
        $y0 = $top + $n * ($height + $gap) + $height;
        $curves = $panels[$name];
        $highest = max(1, ...array_map(fn (array $points) => max([0, ...array_column($points, 1)]), array_values($curves))) * 1.08;
        $y = fn (float $value): float => $y0 - $value / $highest * $height;
        $svg[] = $text($left, $y0 - $height - 8, $name, 'font-weight="600"');
        foreach ($marks as [$hour, $what]) {
            $svg[] = sprintf('<path d="M%.1f %.1fV%.1f" stroke="%s" stroke-width="%s"/>', $x($hour), $y0, $y0 - $height, $what === 'new program' ? '#b9a' : '#e8e8e8', $what === 'new program' ? 1.5 : 1);
        }
        $step = 10 ** floor(log10($highest / 2));
        $step *= $highest / $step > 5 ? 2 : 1;
        for ($value = 0.0; $value <= $highest; $value += $step) {
            $svg[] = sprintf('<path d="M%d %.1fH%d" stroke="#eee"/>', $left, $y($value), $width - $right);
            $svg[] = $text($left - 6, $y($value) + 4, (string) $value, 'text-anchor="end" font-size="10"');
        }
        foreach (array_keys($curves) as $i => $curve) {
            $points = array_map(fn (array $point): string => sprintf('%.1f,%.1f', $x($point[0]), $y($point[1])), $curves[$curve]);
            $svg[] = sprintf('<polyline points="%s" fill="none" stroke="%s" stroke-width="1.3"/>', implode(' ', $points), $colours[$i]);
            $svg[] = $text($width - $right + 8, $y0 - $height + 12 + 16 * $i, $curve, "fill=\"$colours[$i]\"");
        }
        for ($hour = 0.0; $hour <= $end; $hour += $every) {
            $svg[] = $text($x($hour), $y0 + 14, sprintf($label, $hour), 'text-anchor="middle" font-size="10"');
        }
    }
    return implode("\n", [...$svg, '</svg>', '']);
}
