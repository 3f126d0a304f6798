--TEST--
A php-amqplib channel to a real RabbitMQ outlives two hundred children, with a message that is not yet acknowledged (pain 17)
--EXTENSIONS--
mbstring
--INI--
display_errors=0
error_reporting=E_ALL & ~E_DEPRECATED
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/lib/rabbitmq/bin/rabbitmq-server', 'erl', '/usr/share/php/PhpAmqpLib/autoload.php');
?>
--FILE--
<?php
require __DIR__ . '/../../support/services.php';

$connection = rabbitmq();
$channel = $connection->channel();
[$queue] = $channel->queue_declare('', exclusive: true); // it goes when the connection does
foreach (['first', 'second'] as $text) {
    $channel->basic_publish(new PhpAmqpLib\Message\AMQPMessage($text), routing_key: $queue);
}
$first = $channel->basic_get($queue);

echo two_hundred_children([$connection, $channel, $first]), "\n";

$first->ack();
$second = $channel->basic_get($queue);
echo $first->body, ' ', $second->body, ' redelivered: ', var_export($second->isRedelivered(), true), "\n";
$second->ack();
var_dump($channel->basic_get($queue));
$connection->close();
?>
--EXPECT--
300 ended, 240 badly
first second redelivered: false
NULL
