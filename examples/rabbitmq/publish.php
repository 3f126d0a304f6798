<?php

// Sends messages, and ends when the broker has said that it has them. usage: publish.php QUEUE BODY...

declare(strict_types=1);

use PhpAmqpLib\Message\AMQPMessage;

require __DIR__ . '/rabbitmq.php';

$channel = connect('publish')->channel();
declare_queue($channel, $argv[1]);
$channel->confirm_select();
foreach (array_slice($argv, 2) as $body) {
    $channel->basic_publish(new AMQPMessage($body, ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT]), '', $argv[1]);
}
$channel->wait_for_pending_acks(10);
$channel->getConnection()->close();
