<?php

// What async-worker loads, once in each worker: BROKER=amqp://guest:guest@127.0.0.1:5672 KEY=... php/bin/async-worker examples/remote/worker.php
// For Redis: RedisStreams::fromUrl('redis://127.0.0.1:6379').

declare(strict_types=1);

use Async\Bridge\Remote\RabbitMq;
use Async\Bridge\RemoteWorker;

require __DIR__ . '/tasks.php';

return RemoteWorker::create(RabbitMq::fromUrl(getenv('BROKER') ?: 'amqp://guest:guest@127.0.0.1:5672'), 'words')
    ->allow(CountWords::class)                              // nothing else is made of what comes
    ->sign(getenv('KEY') ?: 'an example, not a key')
    ->timeout(60);
