<?php

// A server that repeats each line over TLS, one connection after another. usage: tls_echo.php PORT FOLDER

[, $port, $folder] = $argv;
$options = ['ssl' => ['local_cert' => "$folder/certificate", 'local_pk' => "$folder/key"]];
$server = stream_socket_server("tls://127.0.0.1:$port", $code, $message, context: stream_context_create($options));
while (true) {
    $connection = @stream_socket_accept($server, -1);
    while ($connection && ($line = fgets($connection)) !== false) {
        fwrite($connection, $line);
    }
}
