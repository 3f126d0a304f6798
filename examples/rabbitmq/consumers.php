<?php

// Workers that consume from RabbitMQ, each over a connection of its own. The supervisor starts again what dies, and the broker
// gives the message that a dead worker has not acknowledged to another one. SIGTERM: each worker finishes its message, and ends.
//
// usage: php -d extension=/path/to/libasync.so examples/rabbitmq/consumers.php QUEUE HANDLER.php
//
// HANDLER.php returns a function that is called with the body of a message; handler.php is one. WORKERS (4) says how many
// workers, HEALTH names a file for health, BACKOFF (1.0) and MAX_BACKOFF (30) are in seconds, RECYCLE_JOBS (10,000) and
// RECYCLE_MEGABYTES (256) say when a worker has had enough: it goes on until another one is ready, unless RECYCLE_OVERLAP is 0.
// rabbitmq.php has the settings of the connection.

declare(strict_types=1);

use Async\{Restart, Supervisor, Worker};
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;

require __DIR__ . '/rabbitmq.php';

load_library();                                             // once, and not in each worker: see there

[, $queue, $handler] = $argv + [null, 'jobs', __DIR__ . '/handler.php'];

exit(Supervisor::create()
    ->restart(Restart::OnFailure, backoff: (float) setting('BACKOFF', '1.0'), maxBackoff: (float) setting('MAX_BACKOFF', '30'))
    ->recycle(jobs: (int) setting('RECYCLE_JOBS', '10000'), bytes: (int) setting('RECYCLE_MEGABYTES', '256') << 20, overlap: (bool) setting('RECYCLE_OVERLAP', '1'))
    ->grace(25)
    ->health(setting('HEALTH', '') ?: null)
    // In the worker: it has a connection that nobody else writes to, and after SIGHUP the handler as the file says by then.
    ->bootstrap(fn (Worker $worker) => [connect("{$worker->name()} {$worker->id()}")->channel(), require $handler])
    ->add('consumer', function (Worker $worker, array $made) use ($queue): void {
        [$channel, $handle] = $made;
        declare_queue($channel, $queue);
        $channel->basic_qos(0, 1, false);                   // one at a time: what waits is for workers that are free
        $channel->basic_consume($queue, callback: function (AMQPMessage $message) use ($channel, $worker, $handle): void {
            $worker->heartbeat(substr($message->getBody(), 0, 40));
            try {
                $handle($message->getBody());
            } catch (Throwable $error) {
                fwrite(STDERR, $error::class . ": {$error->getMessage()}\n");
                $message->reject(requeue: false);           // to the dead letters: it would fail in the same way again
                return;
            }
            $worker->job();                                 // before the next line, as it may have had enough with this one
            if ($worker->stopping()) {
                // Or the broker would give it another one, which comes back when the connection is closed, and counts as delivered.
                $channel->basic_cancel($message->getConsumerTag());
            }
            $message->ack();                                // after the work: a crash before this line brings the message back
        });
        while (!$worker->stopping()) {
            try {
                $channel->wait(timeout: 1.0);               // one message, or SIGTERM, or a second
            } catch (AMQPTimeoutException) {
                $channel->getConnection()->checkHeartBeat();
                $worker->heartbeat('waits');
            }
        }
        $channel->getConnection()->close();
    }, (int) setting('WORKERS', '4'))
    ->run());
