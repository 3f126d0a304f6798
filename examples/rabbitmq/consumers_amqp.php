<?php

// The same as consumers.php, by the extension php-amqp (librabbitmq) in place of php-amqplib. It takes less time for each message, and
// needs two things: a time limit of reading, since its consume() lets no signal through, and heartbeats that are off, since it sends
// none while a message is worked on.
//
// usage: php -d extension=amqp -d extension=/path/to/libasync.so examples/rabbitmq/consumers_amqp.php QUEUE HANDLER.php
//
// The settings are those of consumers.php and rabbitmq.php, but for AMQP_HEARTBEAT.

declare(strict_types=1);

use Async\{Restart, Supervisor, Worker};

function setting(string $name, string $default): string
{
    return getenv($name) === false ? $default : getenv($name);
}

/** The queue that declare_queue() in rabbitmq.php declares. */
function queue_of(AMQPChannel $channel, string $name): AMQPQueue
{
    foreach (["$name.dead" => [], $name => [
        'x-delivery-limit' => (int) setting('DELIVERY_LIMIT', '5'), 'x-dead-letter-exchange' => '', 'x-dead-letter-routing-key' => "$name.dead",
    ]] as $each => $arguments) {
        $queue = new AMQPQueue($channel);
        $queue->setName($each);
        $queue->setFlags(AMQP_DURABLE);
        $queue->setArguments(['x-queue-type' => 'quorum'] + $arguments);
        $queue->declareQueue();
    }
    return $queue;
}

[, $name, $handler] = $argv + [null, 'jobs', __DIR__ . '/handler.php'];

exit(Supervisor::create()
    ->restart(Restart::OnFailure, backoff: (float) setting('BACKOFF', '1.0'), maxBackoff: (float) setting('MAX_BACKOFF', '30'))
    ->recycle(jobs: (int) setting('RECYCLE_JOBS', '10000'), bytes: (int) setting('RECYCLE_MEGABYTES', '256') << 20)
    ->grace(25)
    ->health(setting('HEALTH', '') ?: null)
    ->bootstrap(function (Worker $worker) use ($name, $handler): array {
        $connection = new AMQPConnection([
            'host' => setting('AMQP_HOST', '127.0.0.1'), 'port' => (int) setting('AMQP_PORT', '5672'),
            'login' => setting('AMQP_USER', 'guest'), 'password' => setting('AMQP_PASSWORD', 'guest'),
            'read_timeout' => 1.0, 'connection_name' => "{$worker->name()} {$worker->id()}",
        ]);
        $connection->connect();
        $channel = new AMQPChannel($connection);
        $channel->setPrefetchCount(1);
        return [queue_of($channel, $name), require $handler];
    })
    ->add('consumer', function (Worker $worker, array $made): void {
        [$queue, $handle] = $made;
        $queue->consume(null);                              // from here on the broker sends
        $take = function (AMQPEnvelope $message) use ($worker, $queue, $handle): bool {
            $worker->heartbeat(substr($message->getBody(), 0, 40));
            try {
                $handle($message->getBody());
            } catch (Throwable $error) {
                fwrite(STDERR, $error::class . ": {$error->getMessage()}\n");
                $queue->reject($message->getDeliveryTag()); // to the dead letters: it would fail in the same way again
                return !$worker->stopping();
            }
            $worker->job();                                 // before the next line, as it may have had enough with this one
            if ($worker->stopping()) {
                $queue->cancel();                           // or the broker would give it another one
            }
            $queue->ack($message->getDeliveryTag());        // after the work: a crash before this line brings the message back
            return !$worker->stopping();                    // false leaves consume()
        };
        while (!$worker->stopping()) {
            try {
                $queue->consume($take, AMQP_JUST_CONSUME);
            } catch (AMQPQueueException $nothing) {
                $nothing->getMessage() === 'Consumer timeout exceed' || throw $nothing;
                $worker->heartbeat('waits');                // there was no message for a second
            }
        }
        $queue->getConnection()->disconnect();
    }, (int) setting('WORKERS', '4'))
    ->run());
