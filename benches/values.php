<?php

// What it costs to bring one value back from a child, beside what PHP's serializer and igbinary take for the same value
// in one process, with no way to go at all. All in turn, in one process; microseconds:
//
// back       the closure makes the value; from its return, in the child, to the return of await(), in the parent: encoding, the way,
//            decoding. Both read one clock, that of the machine.
// null       the same for null: what the way alone takes
// fork       back less null
// inherited  the same for a value that the child has had since the fork
// task       from the call of async() to the return of await(), fork included; "empty" is that for null
// warm       the same as fork, from a warm worker that is there already
// codec      encoding and decoding in one process, where the extension was built with the feature "recode"
//
// Each is the lower quartile of its rounds: how long a sleeping process takes to wake up varies more than what is measured.
// No answer is released within the time.
//
// usage: php -d extension=target/release/libasync.so [-d extension=igbinary.so] benches/values.php WORKLOAD [ROUNDS]
//        php benches/values.php --list
//
// Prints one line of JSON. Nothing is asserted about time; "wrong" counts the values that came back different.

declare(strict_types=1);

require __DIR__ . '/workloads.php';

use function Async\async;
use function Async\await;

final class Point
{
    public function __construct(public int $id, public string $name, public ?array $tags = null)
    {
    }
}

/** @return array<string, array{string, int, Closure(): mixed}>  what it is, how often it is measured, how it is made */
function values(): array
{
    $tree = function (int $depth) use (&$tree): array {
        return $depth === 0
            ? ['leaf' => 1, 'text' => "x$depth"]
            : ['left' => $tree($depth - 1), 'right' => $tree($depth - 1), 'list' => [$depth, 's']];
    };
    $row = fn (int $i): array => ['id' => $i, 'name' => "name $i", 'email' => "user$i@example.com", 'active' => $i % 2 === 0, 'score' => $i / 7];
    $made = fn (int $count, Closure $one): Closure => fn (): array => array_map($one, range(1, $count));
    $blob = fn (int $bytes): Closure => fn (): string => str_repeat('0123456789abcdef', $bytes >> 4);
    return [
        'ints' => ['10,000 ints', 100, fn (): array => range(1, 10_000)],
        'floats' => ['10,000 floats', 50, $made(10_000, fn (int $i): float => $i / 7)],
        'rows' => ['1,000 rows of 5 fields', 100, $made(1_000, $row)],
        'strings' => ['100,000 short strings', 15, $made(100_000, fn (int $i): string => "string $i")],
        'nested' => ['tree of 3,000 arrays', 60, fn (): array => $tree(10)],
        'dictionary' => ['10,000 string keys', 30, fn (): array => array_flip(array_map(fn (int $i): string => "key $i", range(1, 10_000)))],
        'objects' => ['10,000 small objects', 25, $made(10_000, fn (int $i): Point => new Point($i, "name $i"))],
        'stdclass' => ['1,000 stdClass of 5', 50, $made(1_000, fn (int $i): stdClass => (object) $row($i))],
        'dates' => ['1,000 dates', 50, $made(1_000, fn (int $i): DateTimeImmutable => new DateTimeImmutable("@$i"))],
        'blob1' => ['1 MiB string', 50, $blob(1 << 20)],
        'blob64' => ['64 MiB string', 5, $blob(64 << 20)],
        'blob1g' => ['1 GiB string', 1, $blob(1 << 30)],
    ];
}

/** @param list<float> $values */
function lower_quartile(array $values): float
{
    sort($values);
    return $values[intdiv(count($values) - 1, 4)];
}

if (($argv[1] ?? '') === '--list') {
    echo json_encode(array_map(fn (array $one): string => $one[0], values())), "\n";
    exit(0);
}
[, $rounds, $make] = values()[$argv[1]];
$rounds = (int) ($argv[2] ?? $rounds);
$value = $make();
$moments = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
array_map(fn ($end) => stream_set_write_buffer($end, 0), $moments);

// Each contender gives the answer, which is released out of time, and microseconds by name.
$task = fn (string $whole, string $back, Closure $work): Closure => function () use ($whole, $back, $work, $moments): array {
    $started = hrtime(true);
    $answer = await(async(function () use ($work, $moments): mixed {
        $value = $work();
        fwrite($moments[1], pack('q', hrtime(true)));
        return $value;
    }));
    $ended = hrtime(true);
    $returned = unpack('q', fread($moments[0], 8))[1];
    return [$answer, [$whole => ($ended - $started) / 1e3, $back => ($ended - $returned) / 1e3]];
};
// The child has what was there when it was forked, and the tasks' code; what they are bound to is sent.
$nothing = fn (): mixed => null;
$pool = Async\Pool::create()->concurrency(1)->tasksPerChild(0);
$warm = fn (string $back, string $name): Closure => function () use ($pool, $back, $name): array {
    $answer = await($pool->add(static function () use ($name): mixed {
        $value = $GLOBALS[$name]();
        fwrite($GLOBALS['moments'][1], pack('q', hrtime(true)));
        return $value;
    }));
    $ended = hrtime(true);
    $pool->clearFinished();
    return [$answer, [$back => ($ended - unpack('q', fread($GLOBALS['moments'][0], 8))[1]) / 1e3]];
};
$here = fn (string $name, Closure $work): Closure => function () use ($name, $work): array {
    $started = hrtime(true);
    $answer = $work();
    return [$answer, [$name => (hrtime(true) - $started) / 1e3]];
};
$forking = [
    $task('empty', 'null', fn (): mixed => null),
    $task('task', 'back inherited', fn (): mixed => $value),
    $task('making', 'back', $make),
];
$contenders = [
    $here('serialize', fn (): mixed => unserialize(serialize($value))),
    function_exists('igbinary_serialize') ? $here('igbinary', fn (): mixed => igbinary_unserialize(igbinary_serialize($value))) : null,
    function_exists('Async\\recode') ? $here('codec', fn (): mixed => Async\recode($value)) : null,
    $warm('null warm', 'nothing'),
    $warm('back warm', 'make'),
];
$same = is_string($value) ? fn (mixed $answer): bool => $answer === $value : fn (mixed $answer): bool => serialize($answer) === serialize($value);
in_turn(function () use ($forking, $contenders, $same, $rounds, $value): array {
    $wrong = (int) !$same($forking[1]()[0]) + (int) !$same($forking[2]()[0]);
    $figures = [];
    // After a fork each page that is written to is a page to copy: what does not fork is measured apart from what does, and
    // when that is over: the warm worker shares pages, too.
    foreach ([$forking, array_filter($contenders)] as $of) {
        for ($round = 0; $round < $rounds; $round++) {
            foreach ($of as $contender) {
                [$answer, $times] = $contender();
                unset($answer);
                foreach ($times as $name => $us) {
                    $figures[$name][] = $us;
                }
            }
        }
    }
    $wrong += (int) !$same($contenders[4]()[0]);
    $bytes = is_string($value) ? strlen($value) : strlen(serialize($value));
    $figures = array_map(fn (array $of): float => round(lower_quartile($of), 2), $figures);
    $figures['inherited'] = round($figures['back inherited'] - $figures['null'], 2);
    $figures['fork'] = round($figures['back'] - $figures['null'], 2);
    $figures['warm'] = round($figures['back warm'] - $figures['null warm'], 2);
    return $figures + ['bytes' => $bytes, 'rounds' => $rounds, 'wrong' => $wrong];
});
