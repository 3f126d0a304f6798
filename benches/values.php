<?php

// What it costs to bring a value back from a child, beside what PHP's serializer and igbinary take for the same value
// in one process, with no way to go at all. The column of the task is the median of a task that returns the value less
// the median of one that returns null, measured in turn: encoding, the pipe, decoding.
//
// usage: php -d extension=target/release/libasync.so [-d extension=igbinary.so] benches/values.php [workload,...] [rounds]
//
// Nothing is asserted about time. A value that comes back different ends the run with status 1.

declare(strict_types=1);

use function Async\async;
use function Async\await;

ini_set('memory_limit', '-1');

final class Point
{
    public function __construct(public int $id, public string $name, public ?array $tags = null)
    {
    }
}

/** @return array<string, Closure(): mixed> */
function workloads(): array
{
    $tree = function (int $depth) use (&$tree): array {
        return $depth === 0
            ? ['leaf' => 1, 'text' => "x$depth"]
            : ['left' => $tree($depth - 1), 'right' => $tree($depth - 1), 'list' => [$depth, 's']];
    };
    $row = fn (int $i): array => ['id' => $i, 'name' => "name $i", 'email' => "user$i@example.com", 'active' => $i % 2 === 0, 'score' => $i / 7];
    return [
        'ints' => fn (): array => range(1, 10_000),
        'floats' => fn (): array => array_map(fn (int $i): float => $i / 7, range(1, 10_000)),
        'rows' => fn (): array => array_map($row, range(1, 1_000)),
        'strings' => fn (): array => array_map(fn (int $i): string => "string $i", range(1, 100_000)),
        'nested' => fn (): array => $tree(10),
        'dictionary' => fn (): array => array_flip(array_map(fn (int $i): string => "key $i", range(1, 10_000))),
        'objects' => fn (): array => array_map(fn (int $i): Point => new Point($i, "name $i"), range(1, 10_000)),
        'stdclass' => fn (): array => array_map(fn (int $i): stdClass => (object) $row($i), range(1, 1_000)),
        'dates' => fn (): array => array_map(fn (int $i): DateTimeImmutable => new DateTimeImmutable("@$i"), range(1, 1_000)),
        'blob1' => fn (): string => str_repeat('0123456789abcdef', 1 << 16),
        'blob64' => fn (): string => str_repeat('0123456789abcdef', 1 << 22),
    ];
}

/** @param list<float> $values */
function median(array $values): float
{
    sort($values);
    return $values[intdiv(count($values), 2)];
}

/** @param Closure(): mixed $work  microseconds */
function once(Closure $work): float
{
    $start = hrtime(true);
    $work();
    return (hrtime(true) - $start) / 1000;
}

$only = isset($argv[1]) && $argv[1] !== '' ? explode(',', $argv[1]) : array_keys(workloads());
$rounds = (int) ($argv[2] ?? 15);
printf("%-11s %14s %14s %14s %8s %8s\n", 'us', 'serialize', 'igbinary', 'task', 'x ser', 'x igb');
foreach (array_intersect_key(workloads(), array_flip($only)) as $name => $make) {
    $value = $make();
    if (serialize(await(async(fn (): mixed => $value))) !== serialize($value)) {
        fwrite(STDERR, "$name came back different\n");
        exit(1);
    }
    $work = [
        'serialize' => fn (): mixed => unserialize(serialize($value)),
        'igbinary' => function_exists('igbinary_serialize') ? fn (): mixed => igbinary_unserialize(igbinary_serialize($value)) : null,
        'empty' => fn (): mixed => await(async(fn (): mixed => null)),
        'task' => fn (): mixed => await(async(fn (): mixed => $value)),
    ];
    $times = [];
    for ($round = 0; $round < ($name === 'blob64' ? min($rounds, 5) : $rounds); $round++) {
        foreach (array_filter($work) as $who => $run) {
            $times[$who][] = once($run);
        }
    }
    $times = array_map(median(...), $times);
    $task = $times['task'] - $times['empty'];
    $igbinary = $times['igbinary'] ?? NAN;
    printf("%-11s %14.1f %14.1f %14.1f %8.2f %8.2f\n", $name, $times['serialize'], $igbinary, $task, $task / $times['serialize'], $task / $igbinary);
}
