<?php

// Thumbnails of real images with GD, one task for each image, against the same work in one process.
//
// usage: php -d extension=gd -d extension=/path/to/libasync.so examples/thumbnails.php [folder]
//
// Without a folder, the photographs and drawings that the system came with; where there are too few, a set is drawn first.

declare(strict_types=1);

use function Async\{async, await, cpus};

const SIDE = 160;
const WANTED = 24;

/** @return list<string> images that are larger than a thumbnail, at most WANTED */
function images(string $folder): array
{
    $found = [];
    $tree = new RecursiveIteratorIterator(
        new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS),
        RecursiveIteratorIterator::LEAVES_ONLY,
        RecursiveIteratorIterator::CATCH_GET_CHILD,
    );
    foreach ($tree as $path => $file) {
        if (preg_match('/\.(jpe?g|png)$/i', $path) && $file->isFile() && $file->isReadable()) {
            $size = @getimagesize($path);
            if ($size && max($size[0], $size[1]) > 4 * SIDE && $size[0] * $size[1] < 40_000_000) {
                $found[] = $path;
                if (count($found) === WANTED) {
                    break;
                }
            }
        }
    }
    sort($found);
    return $found;
}

/** Draws something with a photograph's kind of content: soft gradients, grain, sharp edges, text. */
function photograph(string $path, int $seed): void
{
    $random = new Random\Randomizer(new Random\Engine\Mt19937($seed));
    $small = imagecreatetruecolor(100, 75);
    [$red, $green, $blue] = [$random->getInt(90, 160), $random->getInt(90, 160), $random->getInt(90, 160)];
    for ($y = 0; $y < 75; $y++) {
        for ($x = 0; $x < 100; $x++) {
            $grain = $random->getInt(-24, 24);
            $light = (int) (60 * sin($x / 23 + $seed) * cos($y / 17));
            // Between 0 and 255, whatever is drawn: see the bounds of the three colours.
            $level = $light + $grain;
            imagesetpixel($small, $x, $y, $red + $level << 16 | $green + $level << 8 | $blue + $level);
        }
    }
    $image = imagescale($small, 1600, 1200, IMG_BILINEAR_FIXED);
    for ($i = 0; $i < 12; $i++) {
        $size = $random->getInt(40, 400);
        imagefilledellipse($image, $random->getInt(0, 1600), $random->getInt(0, 1200), $size, $size, $random->getInt(0, 0x7effffff));
    }
    imagestring($image, 5, 20, 20, basename($path), 0xffffff);
    imagejpeg($image, $path, 88);
}

/** @return array{int, int} the size of the thumbnail */
function thumbnail(string $source, string $target): array
{
    $image = imagecreatefromstring(file_get_contents($source));
    $scale = SIDE / max(imagesx($image), imagesy($image));
    $small = imagecreatetruecolor(max(1, (int) round(imagesx($image) * $scale)), max(1, (int) round(imagesy($image) * $scale)));
    imagecopyresampled($small, $image, 0, 0, 0, 0, imagesx($small), imagesy($small), imagesx($image), imagesy($image));
    imagejpeg($small, $target, 85);
    return [imagesx($small), imagesy($small)];
}

if (!extension_loaded('gd')) {
    fwrite(STDERR, "skipped: PHP's gd extension is not loaded (php-gd on Debian and Ubuntu)\n");
    exit(77);
}

$directory = sys_get_temp_dir() . '/thumbnails-' . getmypid();
mkdir($directory);
// Only here: a child that ends runs none of the parent's shutdown functions.
register_shutdown_function(function () use ($directory) {
    array_map(unlink(...), glob("$directory/*"));
    rmdir($directory);
});

$images = [];
$folders = isset($argv[1]) ? [$argv[1]] : array_filter(['/usr/share/backgrounds', '/usr/share/doc', '/usr/share/icons'], is_dir(...));
foreach ($folders as $folder) {
    if (count($images = images($folder)) >= (isset($argv[1]) ? 1 : WANTED / 2)) {
        printf("%d images under %s\n", count($images), $folder);
        break;
    }
}
if ($images === [] || !isset($argv[1]) && count($images) < WANTED / 2) {
    $pool = Async\Pool::create()->concurrency(cpus());
    for ($i = 0; $i < WANTED; $i++) {
        $images[$i] = sprintf('%s/photograph-%02d.jpg', $directory, $i);
        $pool[] = async(photograph(...), $images[$i], $i);
    }
    await($pool);
    printf("%d images of 1600 x 1200, drawn for this\n", count($images));
}

$started = hrtime(true);
$expected = [];
foreach ($images as $i => $source) {
    $expected[$source] = thumbnail($source, "$directory/one-$i.jpg");
}
$sequential = (hrtime(true) - $started) / 1e9;

$started = hrtime(true);
$done = 0;
$pool = Async\Pool::create()->concurrency(cpus());
foreach ($images as $i => $source) {
    $pool[$source] = async(thumbnail(...), $source, "$directory/many-$i.jpg")
        ->then(function () use (&$done) { $done++; });
}
$sizes = await($pool);
$parallel = (hrtime(true) - $started) / 1e9;

foreach ($images as $i => $source) {
    [$width, $height] = getimagesize("$directory/many-$i.jpg");
    if ([$width, $height] !== $expected[$source] || $sizes[$source] !== $expected[$source] || max($width, $height) !== SIDE
        || hash_file('sha256', "$directory/many-$i.jpg") !== hash_file('sha256', "$directory/one-$i.jpg")) {
        fwrite(STDERR, "the thumbnail of $source is not the one that one process makes\n");
        exit(1);
    }
}
if ($done !== count($images)) {
    fwrite(STDERR, "$done of " . count($images) . " handlers ran\n");
    exit(1);
}
printf("one process:  %.3f s\n", $sequential);
printf("%d at a time:  %.3f s, %.1f times as fast\n", cpus(), $parallel, $sequential / $parallel);
printf("%d thumbnails of at most %d x %d, the same byte for byte\n", count($images), SIDE, SIDE);
