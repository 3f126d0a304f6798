<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AbstractConnection;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

/**
 * A queue for results of its own, and not RabbitMQ's direct reply-to: what comes while the connection is lost would be lost with it.
 *
 * @internal
 */
final class RabbitMqSender implements Sender
{
    /** php-amqplib goes through all that wait at each confirmation. */
    private const MOST_UNCONFIRMED = 256;
    private const KEPT_MILLISECONDS = 600_000;

    private readonly string $address;
    private readonly int $pid;
    private ?AbstractConnection $connection = null;
    private ?AMQPChannel $channel = null;

    /** @var array<string, true> */
    private array $unconfirmed = [];

    /** @var list<string> */
    private array $inbox = [];

    /**
     * @param \Closure(): AbstractConnection $connect
     */
    public function __construct(private readonly RabbitMq $broker, private readonly string $queue, private readonly \Closure $connect)
    {
        $this->address = "$queue.results." . bin2hex(random_bytes(12));
        $this->pid = (int) getmypid();
        $this->open();
    }

    public function address(): string
    {
        return $this->address;
    }

    public function send(string $id, string $body): void
    {
        $this->unconfirmed[$id] = true;
        $this->broker->guard('send a task', function () use ($id, $body): void {
            $this->channel->basic_publish(new AMQPMessage($body, [
                'delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT,
                'message_id' => $id,
                'content_type' => 'application/x-async-task',
            ]), '', $this->queue);
            while (count($this->unconfirmed) >= self::MOST_UNCONFIRMED) {
                $this->channel->wait(null, false, 30.0);
            }
        });
    }

    public function receive(float $timeout): array
    {
        $this->broker->guard('receive results', function () use ($timeout): void {
            try {
                if ($this->inbox === [] && $timeout > 0) {
                    $this->channel->wait(null, false, $timeout);
                }
            } catch (AMQPTimeoutException) {
                return;
            }
            while (count($this->inbox) < 256 && $this->connection->select(0, 0) > 0) {
                $this->channel->wait(null, true);
            }
        });
        [$inbox, $this->inbox] = [$this->inbox, []];
        return $inbox;
    }

    public function reconnect(\Closure $resend): void
    {
        $this->leave();
        $this->open();
        foreach (array_keys($this->unconfirmed) as $id) {
            unset($this->unconfirmed[$id]);
            $resend((string) $id); // notes it again, also when the connection is lost in it
        }
    }

    public function close(): void
    {
        if ($this->pid !== getmypid()) {
            return; // a copy, in a task: the socket is the parent's
        }
        try {
            $this->channel?->queue_delete($this->address);
            $this->connection?->close();
        } catch (\Throwable) {
            // The broker deletes it when nobody has used it for a while.
        }
        $this->connection = $this->channel = null;
    }

    private function open(): void
    {
        $this->connection = ($this->connect)();
        $this->connection->set_close_on_destruct(false);
        $this->channel = $this->broker->guard('open a channel', fn() => $this->connection->channel());
        $this->broker->declare($this->channel, $this->queue);
        $this->broker->guard('declare a queue for results', function (): void {
            $this->channel->queue_declare($this->address, durable: true, auto_delete: false, arguments: new AMQPTable(['x-expires' => self::KEPT_MILLISECONDS]));
            $this->channel->confirm_select();
            $this->channel->set_ack_handler(function (AMQPMessage $message): void {
                unset($this->unconfirmed[$message->get('message_id')]);
            });
            $this->channel->basic_qos(0, 256, false);
            $this->channel->basic_consume($this->address, callback: function (AMQPMessage $message): void {
                $this->inbox[] = $message->getBody();
                $message->ack();
            });
        });
    }

    /**
     * Forgets a connection that is lost, without a word to the broker.
     */
    private function leave(): void
    {
        try {
            $this->connection?->getIO()->close();
        } catch (\Throwable) {
        }
        $this->connection = $this->channel = null;
    }
}
