<?php

// One connection to RabbitMQ, and a child for each message. The parent takes messages, answers for them and keeps the heartbeats
// going; the work is in the children, however long it takes. A message whose work has succeeded is acknowledged, one whose work
// has thrown goes to the dead letters, and one whose child has died goes back to the queue, as often as the queue lets it.
// SIGTERM: it takes no more, and ends when the children have ended.
//
// usage: php -d extension=/path/to/libasync.so examples/rabbitmq/child_per_message.php QUEUE HANDLER.php
//
// HANDLER.php returns a function that is called with the body of a message; handler.php is one. SLOTS (4) says how many
// messages at once. rabbitmq.php has the settings of the connection.

declare(strict_types=1);

use Async\{Pool, ProcessDiedException};
use PhpAmqpLib\Message\AMQPMessage;

require __DIR__ . '/rabbitmq.php';

[, $queue, $handler] = $argv + [null, 'jobs', __DIR__ . '/handler.php'];
$handle = require $handler;
$slots = (int) setting('SLOTS', '4');

$stopping = false;
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT] as $signal) {
    pcntl_signal($signal, function () use (&$stopping): void { $stopping = true; });
}

$connection = connect('child per message');
$channel = $connection->channel();
declare_queue($channel, $queue);
$channel->basic_qos(0, $slots, false);                      // as many as there are slots: no message waits here for one

$pool = Pool::create()->concurrency($slots);
$consumer = $channel->basic_consume($queue, callback: function (AMQPMessage $message) use ($pool, $handle): void {
    // These handlers run when the library has returned to this script, so that no answer is written into the middle of a frame.
    $pool->add(fn () => $handle($message->getBody()))
        ->then(fn () => true)                               // whatever it was
        ->catch(function (ProcessDiedException $died): bool {
            fwrite(STDERR, "{$died->getMessage()}\n");
            return false;                                   // a crash, or somebody killed it: once more
        })
        ->catch(function (Throwable $error): null {
            fwrite(STDERR, $error::class . ": {$error->getMessage()}\n");
            return null;                                    // it would fail in the same way again
        })
        ->then(fn (?bool $done) => match ($done) {
            true => $message->ack(),
            false => $message->nack(requeue: true),
            null => $message->reject(requeue: false),
        });
});

while (!$stopping || $pool->status()->running + $pool->status()->queued > 0) {
    if ($stopping && $consumer !== null) {
        $channel->basic_cancel($consumer);
        $consumer = null;
        fwrite(STDERR, "takes no more, and finishes what it has\n");
    }
    $read = [$connection->getIO()->getSocket(), $pool->stream()];
    $write = $except = null;
    @stream_select($read, $write, $except, 0, 250_000);     // cut short by SIGTERM, which is a warning
    $pool->tick();                                          // handlers
    $channel->wait(non_blocking: true);                     // a message, if one has come
    $connection->checkHeartBeat();                          // in the parent, which is never busy for long
    $pool->clearFinished();
}
$pool->tick();
$connection->close();                                       // what was delivered and not begun goes back to the queue
