<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\BrokerException;
use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AbstractConnection;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;

/**
 * @internal
 */
final class RabbitMqReceiver implements Receiver
{
    private readonly AMQPChannel $channel;
    private ?AMQPMessage $next = null;
    private bool $isReturned = false;

    public function __construct(private readonly RabbitMq $broker, private readonly string $queue, private readonly AbstractConnection $connection, bool $takes)
    {
        $connection->set_close_on_destruct(false);
        $this->channel = $broker->guard('open a channel', static fn() => $connection->channel());
        $broker->declare($this->channel, $queue);
        if (!$takes) {
            return;
        }
        $broker->guard('consume', function (): void {
            $this->channel->confirm_select();
            $this->channel->set_return_listener(function (): void {
                $this->isReturned = true;
            });
            $this->channel->basic_qos(0, 1, false);
            $this->channel->basic_consume($this->queue, callback: function (AMQPMessage $message): void {
                $this->next = $message;
            });
        });
    }

    public function receive(float $timeout): ?Delivery
    {
        $this->broker->guard('receive', function () use ($timeout): void {
            if ($this->next === null) {
                try {
                    $this->channel->wait(null, false, $timeout);
                } catch (AMQPTimeoutException) {
                }
            }
        });
        if (!$this->channel->is_consuming()) {
            throw new BrokerException("RabbitMQ has deleted the queue $this->queue", BrokerException::AWAY);
        }
        [$message, $this->next] = [$this->next, null];
        if ($message === null) {
            return null;
        }
        $headers = $message->has('application_headers') ? $message->get('application_headers')->getNativeData() : [];
        return new Delivery($message->getBody(), 1 + (int) ($headers['x-delivery-count'] ?? 0), $message);
    }

    public function finish(Delivery $delivery, string $address, string $result): bool
    {
        $isThere = $this->send($result, $address);
        $this->broker->guard('acknowledge', static fn() => $delivery->handle->ack());
        return $isThere;
    }

    public function requeue(Delivery $delivery): void
    {
        $this->broker->guard('give back', static fn() => $delivery->handle->nack(requeue: true));
    }

    public function bury(Delivery $delivery, string $why, ?string $address = null, string $result = ''): void
    {
        if ($address !== null) {
            $this->send($result, $address);
        }
        $this->broker->guard('reject', static fn() => $delivery->handle->reject(requeue: false));
    }

    public function keepAlive(?Delivery $delivery): void
    {
        $this->broker->guard('keep the connection', function (): void {
            while ($this->connection->select(0, 0) > 0) {
                $this->channel->wait(null, true);
            }
            $this->connection->checkHeartBeat();
        });
    }

    public function close(): void
    {
        try {
            $this->connection->close();
        } catch (\Throwable) {
            // What was given out and not acknowledged goes back to the queue anyway.
        }
    }

    /**
     * @return bool false: there is no such queue any more
     */
    private function send(string $body, string $to): bool
    {
        return $this->broker->guard('send a result', function () use ($body, $to): bool {
            $this->isReturned = false;
            $this->channel->basic_publish(new AMQPMessage($body, ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT]), '', $to, true);
            $this->channel->wait_for_pending_acks_returns(30.0);
            return !$this->isReturned;
        });
    }
}
