<?php

declare(strict_types=1);

use Async\Bridge\RemoteWorker;

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/remote_tasks.php';
if (is_file($amqplib = '/usr/share/php/PhpAmqpLib/autoload.php')) {
    require_once $amqplib;
}

$worker = RemoteWorker::create(remote_broker(), getenv('REMOTE_QUEUE'))->deliveries((int) (getenv('DELIVERY_LIMIT') ?: 3));
if (getenv('REMOTE_KEY')) {
    $worker->sign(getenv('REMOTE_KEY'));
}
if (!getenv('REMOTE_ALLOWS_NOTHING')) {
    $worker->allow(Job::class, Behave::class, ArrayObject::class);
}
return $worker->maxMessage(100_000)->timeout(30);
