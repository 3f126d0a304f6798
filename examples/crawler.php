<?php

// Forty pages of a slow API, eight at a time, with plain blocking calls: no event loop, no client library that knows
// about one. The API is a local stand-in that takes 50 ms for a page, and fails for one of them.

declare(strict_types=1);

use Async\Pool;

use function Async\{async, await};

/** @return array{page: int, items: list<string>} */
function page(string $api, int $page): array
{
    $context = stream_context_create(['http' => ['timeout' => 10, 'ignore_errors' => true]]);
    $stream = fopen("$api/page/$page", 'r', false, $context);
    $status = stream_get_meta_data($stream)['wrapper_data'][0];
    if (!str_contains($status, ' 200 ')) {
        throw new UnexpectedValueException("page $page: $status");
    }
    return json_decode(stream_get_contents($stream), true, flags: JSON_THROW_ON_ERROR);
}

// The server ends when this end of its standard input closes, however this script ends.
$server = proc_open([PHP_BINARY, '-n', __DIR__ . '/support/slow-api.php'], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
$api = trim((string) fgets($pipes[1]));
echo "the API is at $api\n";

$started = hrtime(true);
$pool = Pool::create()->concurrency(8);
for ($i = 1; $i <= 40; $i++) {
    $pool[$i] = async(page(...), $api, $i)
        ->then(fn (array $page) => $page['items'])
        ->catch(function (UnexpectedValueException $error) {
            echo $error->getMessage(), "\n";
            return [];
        });
}
$items = await($pool);
$seconds = (hrtime(true) - $started) / 1e9;

fclose($pipes[0]);
proc_close($server);

$all = array_merge(...$items);
printf("%d pages, %d items, %.2f s; one after another the waiting alone takes %.2f s\n", count($items), count($all), $seconds, 40 * 0.05);
exit(array_keys($items) === range(1, 40) && count($all) === 390 && $items[13] === [] && $all[0] === 'item 1.0' ? 0 : 1);
