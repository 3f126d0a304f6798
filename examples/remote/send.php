<?php

// Sends a task for each file, and prints the results as they come: php examples/remote/send.php FILE...
// AUTOLOAD names vendor/autoload.php of the project that has async-so/bridges and php-amqplib.

declare(strict_types=1);

use Async\Bridge\Remote\RabbitMq;
use Async\Bridge\RemotePool;

require getenv('AUTOLOAD') ?: 'vendor/autoload.php';
require __DIR__ . '/tasks.php';

$pool = RemotePool::create(RabbitMq::fromUrl(getenv('BROKER') ?: 'amqp://guest:guest@127.0.0.1:5672'), 'words')
    ->sign(getenv('KEY') ?: 'an example, not a key')
    ->timeout(30)
    ->retry(2, backoff: 1.0);

foreach (array_slice($argv, 1) as $file) {
    $pool[$file] = new CountWords(file_get_contents($file));
    $pool[$file]->catch(fn (Async\TimeoutException $late) => -1);
}
foreach ($pool as $file => $future) {
    echo "$file: {$future->await()} words\n";
}
echo array_sum($pool->await()), " in all\n";
