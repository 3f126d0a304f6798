<?php

// Rows that tasks read, in the parent as they are read: a generator that goes on in other processes. Each task reads one file,
// and is held back while its rows are not taken; the parent sees one sequence, in the order of the files.
//
// usage: php -d extension=/path/to/libasync.so examples/streamed-rows.php

declare(strict_types=1);

use function Async\{async, await, channel};

const FILES = 4;
const ROWS = 5000;

/** The rows of a file, as whoever reads it alone would have them. */
function read(string $file): Generator
{
    $handle = fopen($file, 'r');
    $names = fgetcsv($handle, escape: '');
    while (($row = fgetcsv($handle, escape: '')) !== false) {
        yield array_combine($names, $row);
    }
    fclose($handle);
}

/** The rows of several files, which are read at the same time. */
function read_all(string ...$files): Generator
{
    $tasks = array_map(fn (string $file) => async(function () use ($file): int {
        $parent = channel();
        $rows = 0;
        foreach (read($file) as $row) {
            $parent->send($row); // waits while the parent has 64 that it has not taken
            $rows++;
        }
        return $rows;
    }), $files);
    foreach ($tasks as $file => $task) {
        yield from $task->channel(); // until the task has ended, and all of its rows are here
        $rows = await($task); // throws what has kept it from reading the rest
        fprintf(STDERR, "%s: %d rows\n", basename($file), $rows);
    }
}

$folder = sys_get_temp_dir() . '/streamed-rows-' . getmypid();
mkdir($folder);
$files = [];
for ($i = 1; $i <= FILES; $i++) {
    $files["$folder/$i.csv"] = "$folder/$i.csv";
    $lines = array_map(fn (int $n) => "$n,\"item $n of $i\"," . $n % 90, range(1, ROWS));
    file_put_contents("$folder/$i.csv", "number,name,price\n" . implode("\n", $lines) . "\n");
}

[$count, $sum, $last] = [0, 0, null];
foreach (read_all(...$files) as $row) {
    $count++;
    $sum += (int) $row['price'];
    $last = $row['name'];
}
array_map(unlink(...), $files);
rmdir($folder);
printf("%d rows, %d in all, the last one is \"%s\"\n", $count, $sum, $last);

$expected = FILES * array_sum(array_map(fn (int $n) => $n % 90, range(1, ROWS)));
if ([$count, $sum, $last] !== [FILES * ROWS, $expected, sprintf('item %d of %d', ROWS, FILES)]) {
    fwrite(STDERR, "the rows are wrong\n");
    exit(1);
}
