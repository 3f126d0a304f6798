<?php

// The SHA-256 of every file of a folder tree, in child processes, against the answer of one process.
//
// usage: php -d extension=/path/to/libasync.so examples/checksums.php [folder]
//
// A fork costs most of a millisecond, a small file a hundredth of that: each task takes a batch of files.

declare(strict_types=1);

const MAX_BYTES = 256 << 20;

/** @return array<string, int> path => size, at most MAX_BYTES in all */
function files(string $folder): array
{
    $files = [];
    $bytes = 0;
    $tree = new RecursiveIteratorIterator(
        new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS),
        RecursiveIteratorIterator::LEAVES_ONLY,
        RecursiveIteratorIterator::CATCH_GET_CHILD,     // a folder that we may not read is left out
    );
    foreach ($tree as $path => $file) {
        if ($file->isFile() && !$file->isLink() && $file->isReadable()) {
            $bytes += $files[$path] = $file->getSize();
            if ($bytes > MAX_BYTES) {
                unset($files[$path]);
                break;
            }
        }
    }
    ksort($files);
    return $files;
}

/**
 * Batches of about the same number of bytes.
 *
 * @param array<string, int> $files
 * @return list<list<string>>
 */
function batches(array $files, int $count): array
{
    arsort($files);
    $batches = array_fill(0, $count, []);
    $weights = new SplMinHeap();
    foreach (array_keys($batches) as $batch) {
        $weights->insert([0, $batch]);
    }
    foreach ($files as $path => $size) {
        [$weight, $batch] = $weights->extract();
        $batches[$batch][] = (string) $path;
        $weights->insert([$weight + $size + 4096, $batch]);     // opening a file costs something too
    }
    return array_values(array_filter($batches));
}

/**
 * @param list<string> $paths
 * @return array<string, string>
 */
function hashes(array $paths): array
{
    $hashes = [];
    foreach ($paths as $path) {
        $hashes[$path] = hash_file('sha256', $path);
    }
    return $hashes;
}

$folder = $argv[1] ?? null;
if ($folder === null) {
    // The first that has enough to do. Every Debian and Ubuntu has the last.
    foreach (['/usr/share/doc', '/usr/include', '/usr/share', '/usr/lib', '/usr'] as $folder) {
        if (is_dir($folder) && array_sum($files = files($folder)) > 100 << 20) {
            break;
        }
    }
}
if (!is_dir($folder)) {
    fwrite(STDERR, "$folder is not a folder\n");
    exit(2);
}

$files ??= files($folder);
printf("%s files, %.1f MB, under %s\n", number_format(count($files)), array_sum($files) / 1e6, $folder);
if ($files === []) {
    exit(0);
}

// Read once, so that neither of the two ways finds a colder cache than the other.
foreach ($files as $path => $size) {
    $handle = fopen((string) $path, 'rb');
    while (!feof($handle) && fread($handle, 1 << 20) !== false);
    fclose($handle);
}

$started = hrtime(true);
$expected = hashes(array_map(strval(...), array_keys($files)));
$sequential = (hrtime(true) - $started) / 1e9;

$started = hrtime(true);
$pool = Async\Pool::create()->concurrency(Async\cpus());
foreach (batches($files, 4 * Async\cpus()) as $batch) {
    $pool[] = Async\async(fn () => hashes($batch));
}
$tasks = count($pool);
$hashes = array_merge(...Async\await($pool));
$parallel = (hrtime(true) - $started) / 1e9;

ksort($hashes);
printf("one process:  %.3f s\n", $sequential);
printf("%d at a time:  %.3f s, %d tasks, %.1f times as fast\n", Async\cpus(), $parallel, $tasks, $sequential / $parallel);
printf("sha256 of the sorted list: %s\n", hash('sha256', implode("\n", $hashes)));

if ($hashes !== $expected) {
    fwrite(STDERR, "the two answers differ\n");
    exit(1);
}
echo "both ways agree on every file\n";
