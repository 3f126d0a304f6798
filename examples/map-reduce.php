<?php

// Map and reduce, with channels between them: mappers count the words of their texts, and send each word's count to the reducer
// that this word belongs to. What a reducer has in the end is part of the result, so that nothing is put together in the parent but
// these parts. It checks its counts against those of one process.
//
// usage: php -d extension=/path/to/libasync.so examples/map-reduce.php

declare(strict_types=1);

use Async\{Channel, Pool};

use function Async\await;

const TEXTS = 60;
const REDUCERS = 3;

/** What a real one would read from somewhere. */
function text(int $number): string
{
    mt_srand($number);
    $words = ['channel', 'fork', 'futex', 'kernel', 'message', 'page', 'process', 'reader', 'ring', 'signal', 'slot', 'writer'];
    return implode(' ', array_map(fn () => $words[mt_rand(0, 11)] . mt_rand(0, 20), range(1, 500)));
}

/** @return array<string, int> */
function count_words(string $text): array
{
    return array_count_values(explode(' ', $text));
}

$channels = array_map(fn () => Channel::create(100), range(1, REDUCERS));
$reducers = Pool::create()->concurrency(REDUCERS);
foreach ($channels as $i => $counts) {
    $reducers->add(function () use ($counts): array {
        $sums = [];
        foreach ($counts as $part) {
            foreach ($part as $word => $count) {
                $sums[$word] = ($sums[$word] ?? 0) + $count;
            }
        }
        return $sums;
    }, "reducer $i");
}
$sent = Async\map(range(1, TEXTS), function (int $number) use ($channels): int {
    $parts = [];
    foreach (count_words(text($number)) as $word => $count) {
        $parts[crc32($word) % REDUCERS][$word] = $count;
    }
    foreach ($parts as $reducer => $part) {
        $channels[$reducer]->send($part);
    }
    return count($parts);
});
array_map(fn (Channel $counts) => $counts->close(), $channels);
$parts = await($reducers);
$sums = array_merge(...array_values($parts));
arsort($sums);
printf("%d words in %d texts, %d messages; reducers had %s\n", array_sum($sums), TEXTS, array_sum($sent),
    implode(', ', array_map(count(...), $parts)));

$expected = count_words(implode(' ', array_map(text(...), range(1, TEXTS))));
ksort($sums);
ksort($expected);
if ($sums !== $expected) {
    fwrite(STDERR, "the counts are wrong\n");
    exit(1);
}
