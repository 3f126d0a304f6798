<?php

// Forty pages of a server that allows fifty requests a second, and refuses some the first time: a crawler that asks no
// faster than that, asks again, and takes the start pages first. The server is a task that notes what it is asked.

declare(strict_types=1);

use Async\Pool;

use function Async\{async, await};

const RATE = 50;                                    // pages a second
const PAGES = 40;

// The server: it notes when each request came, and refuses every seventh once.
$server = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($server, false);
$serving = async(function () use ($server) {
    $requests = [];
    while (($client = @stream_socket_accept($server, 30)) !== false) {
        $path = rtrim((string) fgets($client));
        if ($path === 'end') {
            return $requests;
        }
        $refused = crc32($path) % 7 === 0 && !isset($requests[$path]);
        $requests[$path][] = microtime(true);
        fwrite($client, $refused ? "busy\n" : "page $path\n");
        fclose($client);
    }
    return $requests;
})->start();

$ask = function (string $path) use ($address): string {
    $client = stream_socket_client("tcp://$address");
    fwrite($client, "$path\n");
    $answer = rtrim((string) fgets($client));
    return $answer === 'busy' ? throw new RuntimeException("refused: $path") : $answer;
};

$pool = Pool::create()
    ->concurrency(8)
    ->queueLimit(10)                                // the list of pages may be endless
    ->rate(RATE)                                    // also for what is asked once more
    ->retry(3, backoff: 0.02);
$pages = [];
for ($n = 0; $n < PAGES; $n++) {
    $path = $n % 10 === 0 ? "/site$n/" : "/site/$n";
    $pool->add(fn () => $ask($path), $path, $n % 10 === 0 ? 1 : 0)
        ->then(function (string $page) use (&$pages) { $pages[] = $page; });
}
await($pool);
$ask('end');
$requests = await($serving);

$times = array_merge(...array_values($requests));
sort($times);
$took = end($times) - $times[0];
$least = (count($times) - 1 - RATE) / RATE;         // whatever the machine does, no faster than this
printf("%d pages by %d requests in %.1f s\n", count($pages), count($times), $took);
if (count(array_unique($pages)) !== PAGES || count($times) <= PAGES || $took < $least) {
    echo "that is not what was asked for\n";
    exit(1);
}
echo "each page once, and the server had its peace\n";
