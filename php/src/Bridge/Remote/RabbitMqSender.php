<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AbstractConnection;
use PhpAmqpLib\Exception\{AMQPProtocolChannelException, AMQPTimeoutException};
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

/**
 * A queue for results of its own, and not RabbitMQ's direct reply-to: what comes while the connection is lost would be lost with it.
 *
 * @internal
 */
final class RabbitMqSender extends TrackingSender
{
    /** php-amqplib goes through all that wait at each confirmation. */
    private const MOST_UNCONFIRMED = 256;
    private const KEPT_MILLISECONDS = 600_000;
    private const NOT_FOUND = 404;

    private ?AbstractConnection $connection = null;
    private ?AMQPChannel $channel = null;
    private bool $isFirst = true;

    /** The queue for results was deleted, and results may have been lost with it. */
    private bool $isEmptied = false;

    /** @var list<string> */
    private array $inbox = [];

    /**
     * @param \Closure(): AbstractConnection $connect
     */
    public function __construct(private readonly RabbitMq $broker, string $queue, private readonly \Closure $connect)
    {
        parent::__construct($queue);
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

    protected function open(): void
    {
        $this->connection = ($this->connect)();
        $this->connection->set_close_on_destruct(false);
        $this->isEmptied = $this->isEmptied || !$this->isFirst && !$this->hasAddress();
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
        $this->isFirst = false;
    }

    protected function leave(): void
    {
        try {
            $this->connection?->getIO()->close();
        } catch (\Throwable) {
        }
        $this->connection = $this->channel = null;
    }

    protected function clear(): void
    {
        $this->channel?->queue_delete($this->address);
        $this->connection?->close();
    }

    protected function publish(string $id, string $body): void
    {
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

    protected function lost(array $sent): array
    {
        [$isEmptied, $this->isEmptied] = [$this->isEmptied, false];
        return $isEmptied ? $sent : [];
    }

    private function hasAddress(): bool
    {
        return $this->broker->guard('look for the queue for results', function (): bool {
            $channel = $this->connection->channel();
            try {
                $channel->queue_declare($this->address, passive: true);
            } catch (AMQPProtocolChannelException $error) {
                return $error->getCode() === self::NOT_FOUND ? false : throw $error;
            }
            $channel->close();
            return true;
        });
    }
}
