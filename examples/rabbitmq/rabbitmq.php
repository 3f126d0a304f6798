<?php

// What the programs in this folder have in common: a connection, and a queue whose poisonous messages do not come for ever.
//
// The environment says where the broker is: AMQP_HOST (127.0.0.1), AMQP_PORT (5672), AMQP_USER, AMQP_PASSWORD (guest),
// AMQP_HEARTBEAT (seconds, 30). PHP_AMQPLIB is an autoloader; without it: Debian's php-amqplib.

declare(strict_types=1);

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\{AbstractConnection, AMQPConnectionConfig, AMQPConnectionFactory};
use PhpAmqpLib\Wire\AMQPTable;

require_once getenv('PHP_AMQPLIB') ?: '/usr/share/php/PhpAmqpLib/autoload.php';

function setting(string $name, string $default): string
{
    return getenv($name) === false ? $default : getenv($name);
}

/**
 * Loads the classes that a consumer needs. Workers that are forked after that have them; otherwise each worker loads them for itself,
 * which takes longer than all else that it does before its first message.
 */
function load_library(): void
{
    foreach ([
        'Channel\\AMQPChannel', 'Channel\\Frame', 'Channel\\Method', 'Connection\\AMQPConnectionConfig', 'Connection\\AMQPConnectionFactory',
        'Connection\\AMQPStreamConnection', 'Exception\\AMQPTimeoutException', 'Helper\\Assert', 'Helper\\DebugHelper',
        'Helper\\MiscHelper', 'Helper\\Protocol\\MethodMap091', 'Helper\\Protocol\\Protocol091', 'Helper\\Protocol\\Wait091',
        'Message\\AMQPMessage', 'Package', 'Wire\\AMQPBufferReader', 'Wire\\AMQPIOReader', 'Wire\\AMQPReader', 'Wire\\AMQPTable',
        'Wire\\AMQPWriter', 'Wire\\Constants080', 'Wire\\Constants091', 'Wire\\IO\\StreamIO',
    ] as $class) {
        class_exists("PhpAmqpLib\\$class");
    }
}

/** Whoever connects keeps this connection for itself: two processes that write to one socket mix their frames. */
function connect(string $name): AbstractConnection
{
    $heartbeat = (int) setting('AMQP_HEARTBEAT', '30');
    $config = new AMQPConnectionConfig();
    $config->setHost(setting('AMQP_HOST', '127.0.0.1'));
    $config->setPort((int) setting('AMQP_PORT', '5672'));
    $config->setUser(setting('AMQP_USER', 'guest'));
    $config->setPassword(setting('AMQP_PASSWORD', 'guest'));
    $config->setHeartbeat($heartbeat);
    $config->setReadTimeout(max(3.0, 2.0 * $heartbeat));   // the library insists on twice the heartbeat
    $config->setWriteTimeout(max(3.0, 2.0 * $heartbeat));
    $config->setConnectionName($name);                      // the broker's list of connections shows it
    return AMQPConnectionFactory::create($config);
}

/**
 * A queue that outlives the broker's restarts. What has been delivered again DELIVERY_LIMIT (5) times, and what is rejected, goes
 * to the queue "$queue.dead", where somebody looks at it. Every process that uses a queue declares it in the same way.
 */
function declare_queue(AMQPChannel $channel, string $queue): void
{
    $channel->queue_declare("$queue.dead", durable: true, auto_delete: false, arguments: new AMQPTable(['x-queue-type' => 'quorum']));
    $channel->queue_declare($queue, durable: true, auto_delete: false, arguments: new AMQPTable([
        'x-queue-type' => 'quorum',                         // only these count deliveries
        'x-delivery-limit' => (int) setting('DELIVERY_LIMIT', '5'),
        'x-dead-letter-exchange' => '',
        'x-dead-letter-routing-key' => "$queue.dead",
    ]));
}
