<?php

// The SHA-256 of every file of a folder tree by map(), against the answer of one process.
//
// usage: php -d extension=/path/to/libasync.so examples/checksums.php [folder]
//
// A fork costs most of a millisecond, a small file a hundredth of that: so a few warm workers are given many files each.

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

$paths = array_map(strval(...), array_keys($files));
$sha256 = fn (string $path): string => hash_file('sha256', $path);

$started = hrtime(true);
$expected = array_map($sha256, $paths);
$sequential = (hrtime(true) - $started) / 1e9;

$started = hrtime(true);
$hashes = Async\map($paths, $sha256, Async\cpus());
$parallel = (hrtime(true) - $started) / 1e9;

printf("one process:  %.3f s\n", $sequential);
printf("%d at a time:  %.3f s, %.1f times as fast\n", Async\cpus(), $parallel, $sequential / $parallel);
printf("sha256 of the list: %s\n", hash('sha256', implode("\n", $hashes)));

if ($hashes !== $expected) {
    fwrite(STDERR, "the two answers differ\n");
    exit(1);
}
echo "both ways agree on every file\n";
