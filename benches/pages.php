<?php

// Real work in small tasks: 500 pages of Markdown, some 1.3 ms each, by league/commonmark as Debian has it. A fresh child does
// the same with what its parent has in memory, and pays for each page of memory that it writes to. Prints the time on
// processors that a page takes, of this process and its children: {"us": ..., "tasks": ..., "digest": of all answers}.
// usage: php [-d extension=/path/to/libasync.so] benches/pages.php one|map|task|pcntl

declare(strict_types=1);

require __DIR__ . '/by_hand.php';
const COMMONMARK = '/usr/share/php/League/CommonMark/autoload.php';
const PAGES = 500;
const AT_ONCE = 4;

if (!is_file(COMMONMARK) || !extension_loaded('mbstring')) {
    echo json_encode(['skipped' => 'league/commonmark is not installed (Debian: php-league-commonmark, php-mbstring)']), "\n";
    exit;
}
require COMMONMARK;

function page(int $i): string
{
    $page = "# Page $i\n\n";
    for ($j = 1; $j <= 6; $j++) {
        $page .= "## Section $j\n\nSome *text* with `code $i`, a [link](https://example.com/$i/$j) and **more** of it.\n\n"
            . "* one\n* two\n    1. three\n    2. four\n\n> said on page $i\n\n```php\necho $j;\n```\n\n";
    }
    return $page;
}

/** Microseconds on processors, of this process and of its children that are gone. */
function spent(): float
{
    $spent = 0;
    foreach ([0, 1] as $children) {
        $usage = getrusage($children);
        foreach (['ru_utime', 'ru_stime'] as $of) {
            $spent += $usage["$of.tv_sec"] * 1e6 + $usage["$of.tv_usec"];
        }
    }
    return $spent;
}

$converter = new League\CommonMark\CommonMarkConverter();
$pages = array_map(page(...), range(0, PAGES - 1));
$convert = fn (string $page): string => $converter->convert($page)->getContent();
$convert($pages[0]);
$task = fn (int $i): string => $convert($pages[$i]);

$started = spent();
$answers = match ($argv[1] ?? '') {
    'one' => array_map($convert, $pages),
    'map' => iterator_to_array(Async\map($pages, $convert, concurrency: AT_ONCE)),
    'task' => (function () use ($task): array {
        $pool = Async\Pool::create()->concurrency(AT_ONCE);
        for ($i = 0; $i < PAGES; $i++) {
            $pool[$i] = Async\async($task, $i);
        }
        return Async\await($pool);
    })(),
    'pcntl' => together($task, PAGES, AT_ONCE),
};
// Those of the map that have nothing left to do are on their way.
while (trim((string) file_get_contents('/proc/self/task/' . getmypid() . '/children')) !== '') {
    usleep(1_000);
}
ksort($answers);
echo json_encode([
    'us' => round((spent() - $started) / PAGES, 1),
    'tasks' => count($answers),
    'digest' => md5(implode('', $answers)),
]), "\n";
