<?php

// The slow API that crawler.php reads: one process, many connections, each answered 50 ms after its request.
// Prints its address, and ends when its standard input is closed.

declare(strict_types=1);

$server = stream_socket_server('tcp://127.0.0.1:0');
echo 'http://', stream_socket_get_name($server, false), "\n";

$clients = [];      // id => connection whose request is still to come
$due = [];          // id => [when to answer, connection, request]
while (true) {
    $read = [STDIN, $server, ...$clients];
    $write = $except = [];
    $wait = $due === [] ? 1_000_000 : (int) max(0, (min(array_column($due, 0)) - microtime(true)) * 1e6);
    if (stream_select($read, $write, $except, 0, $wait) === false) {
        exit(1);
    }
    foreach ($read as $stream) {
        if ($stream === STDIN) {
            if (fread(STDIN, 1024) === '' && feof(STDIN)) {
                exit(0);
            }
        } elseif ($stream === $server) {
            $client = stream_socket_accept($server, 0);
            $clients[(int) $client] = $client;
        } else {
            $due[(int) $stream] = [microtime(true) + 0.05, $stream, (string) fread($stream, 8192)];
            unset($clients[(int) $stream]);
        }
    }
    foreach ($due as $id => [$when, $stream, $request]) {
        if ($when > microtime(true)) {
            continue;
        }
        preg_match('#^GET /page/(\d+) #', $request, $found);
        $page = (int) ($found[1] ?? 0);
        $body = json_encode(['page' => $page, 'items' => array_map(fn ($n) => "item $page.$n", range(0, 9))]);
        $status = $page === 13 ? '503 Service Unavailable' : '200 OK';
        fwrite($stream, "HTTP/1.1 $status\r\nContent-Length: " . strlen($body) . "\r\nConnection: close\r\n\r\n$body");
        fclose($stream);
        unset($due[$id]);
    }
}
