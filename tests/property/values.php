<?php

// Random values made in a child come back as unserialize(serialize()) would give them, or are refused by name.
//
// usage: php -d extension=target/release/libasync.so tests/property/values.php [seed] [values]
//
// The seed is printed first; with it the run is the same again. Exit status 1 after the first difference.

declare(strict_types=1);

namespace Property;

use function Async\async;
use function Async\await;

require __DIR__ . '/classes.php';
require __DIR__ . '/generator.php';
require __DIR__ . '/fingerprint.php';

const BATCH = 20;

$seed = (int) (($argv[1] ?? '') !== '' ? $argv[1] : random_int(1, 1 << 40));
$values = (int) ($argv[2] ?? 20_000);
echo "seed $seed, $values values\n";

/** @return list<mixed> */
function batch(int $seed, string $profile): array
{
    $generator = new Generator($seed, $profile);
    $batch = [];
    for ($i = 0; $i < BATCH; $i++) {
        $batch[] = $generator->value();
    }
    return $batch;
}

/** @param \Closure(): mixed $make */
function outcome(\Closure $make): string
{
    try {
        return Fingerprint::of($make());
    } catch (\Throwable $e) {
        return 'throws ' . $e::class . ' ' . $e->getMessage();
    }
}

/** @param list<array{int, string}> $wave */
function compare(array $wave): int
{
    $futures = [];
    foreach ($wave as [$seed, $profile]) {
        $futures[] = async(fn (): array => batch($seed, $profile));
    }
    foreach ($futures as $i => $future) {
        [$seed, $profile] = $wave[$i];
        // PHP's own serializer loses count in some graphs of references, and then throws: so it must here.
        $expected = outcome(fn (): mixed => unserialize(serialize(batch($seed, $profile))));
        $actual = outcome(fn (): mixed => await($future));
        if ($expected !== $actual) {
            $expected = explode("\n", $expected);
            $actual = explode("\n", $actual);
            $line = 0;
            while (($expected[$line] ?? null) === ($actual[$line] ?? null)) {
                $line++;
            }
            echo "$profile $seed differs at line $line\n";
            foreach (['expected' => $expected, 'got' => $actual] as $what => $lines) {
                echo "--- $what\n", implode("\n", array_slice($lines, max(0, $line - 8), 14)), "\n";
            }
            exit(1);
        }
    }
    return count($wave) * BATCH;
}

/** Values that hold something which no other process can have, each with the type that is to be named. */
function refused(int $seed): void
{
    $cases = [
        'Closure' => fn (): mixed => fn (): int => 1,
        'Generator' => fn (): mixed => (fn () => yield 1)(),
        'resource (stream)' => fn (): mixed => fopen('php://memory', 'r'),
        'class@anonymous' => fn (): mixed => new class () {},
    ];
    foreach ($cases as $type => $case) {
        try {
            await(async(function () use ($seed, $case): array {
                $batch = batch($seed, 'all');
                $batch[(new Dice($seed))->below(BATCH)] = ['deep' => [$case()]];
                return $batch;
            }));
        } catch (\Async\NotSerializableException $e) {
            if ($e->type === $type) {
                continue;
            }
        }
        echo "refused $seed: $type was ", isset($e) ? 'named ' . $e->type : 'sent', "\n";
        exit(1);
    }
}

$dice = new Dice($seed);
$done = 0;
while ($done < $values) {
    $wave = [];
    for ($i = 0; $i < 40; $i++) {
        $wave[] = [$dice->below(PHP_INT_MAX), Generator::PROFILES[$i % count(Generator::PROFILES)]];
    }
    $done += compare($wave);
    if ($done % 4_000 === 0) {
        refused($dice->below(PHP_INT_MAX));
    }
}
echo "$done values came back as they were\n";
