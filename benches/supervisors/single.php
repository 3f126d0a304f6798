<?php

// The loop of examples/rabbitmq/consumers.php without a supervisor, as one writes it for Debian's supervisor or systemd.

declare(strict_types=1);

use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;

require __DIR__ . '/../../examples/rabbitmq/rabbitmq.php';

$stopping = false;
pcntl_async_signals(true);
pcntl_signal(SIGTERM, function () use (&$stopping): void { $stopping = true; });
$channel = connect('single')->channel();
$handle = require $argv[2];
declare_queue($channel, $argv[1]);
$channel->basic_qos(0, 1, false);
$channel->basic_consume($argv[1], callback: function (AMQPMessage $message) use ($handle): void {
    $handle($message->getBody());
    $message->ack();
});
while (!$stopping) {
    try {
        $channel->wait(timeout: 1.0);
    } catch (AMQPTimeoutException) {
        $channel->getConnection()->checkHeartBeat();
    }
}
$channel->getConnection()->close();
