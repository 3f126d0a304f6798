<?php

declare(strict_types=1);

/** An extension made of one C file of this folder, built for the PHP that runs: its path. */
function compiled(string $name, string $directory): string
{
    $config = getenv('PHP_CONFIG') ?: 'php-config';
    $command = "cc -shared -fPIC -pthread $(" . escapeshellarg($config) . " --includes) -o $directory/$name.so " . escapeshellarg(__DIR__ . "/$name.c");
    exec("$command 2>&1", $output, $code);
    if ($code !== 0) {
        throw new LogicException(implode("\n", $output));
    }
    return "$directory/$name.so";
}
