<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\BrokerException;
use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\{AbstractConnection, AMQPConnectionConfig, AMQPConnectionFactory};
use PhpAmqpLib\Wire\AMQPTable;

/**
 * RabbitMQ, over php-amqplib: quorum queues, which count how often they give a message out.
 */
final class RabbitMq implements Broker
{
    /** The broker's own limit, for messages that kill each worker before it can count. It is part of the queue, so both sides say the same. */
    public const DELIVERY_LIMIT = 20;

    private const ACCESS_REFUSED = 403;

    /**
     * @param int $heartbeat seconds, of workers
     */
    public function __construct(
        private readonly string $host = '127.0.0.1',
        private readonly int $port = 5672,
        private readonly string $user = 'guest',
        #[\SensitiveParameter]
        private readonly string $password = 'guest',
        private readonly string $vhost = '/',
        private readonly int $heartbeat = 30,
    ) {
    }

    /**
     * @param string $url amqp://USER:PASSWORD@HOST:PORT/VHOST
     */
    public static function fromUrl(#[\SensitiveParameter] string $url): self
    {
        $part = parse_url($url);
        if (!is_array($part) || ($part['scheme'] ?? '') !== 'amqp' || !isset($part['host'])) {
            throw new BrokerException('The address of RabbitMQ has to be amqp://USER:PASSWORD@HOST:PORT/VHOST', BrokerException::MISUSED);
        }
        $vhost = substr($part['path'] ?? '', 1);
        return new self($part['host'], $part['port'] ?? 5672, rawurldecode($part['user'] ?? 'guest'), rawurldecode($part['pass'] ?? 'guest'), $vhost === '' ? '/' : rawurldecode($vhost));
    }

    public function __debugInfo(): array
    {
        return ['host' => $this->host, 'port' => $this->port, 'user' => $this->user, 'vhost' => $this->vhost];
    }

    public function sender(string $queue): Sender
    {
        // No heartbeats: a script that computes meanwhile could not answer them.
        return new RabbitMqSender($this, $queue, fn() => $this->connect("pool of $queue", 0));
    }

    public function receiver(string $queue, string $name, bool $takes): Receiver
    {
        return new RabbitMqReceiver($this, $queue, $this->connect($name, $this->heartbeat), $takes);
    }

    private function connect(string $name, int $heartbeat): AbstractConnection
    {
        if (!class_exists(AMQPConnectionConfig::class)) {
            throw new BrokerException('RabbitMQ needs php-amqplib/php-amqplib, version 3.2 or later', BrokerException::MISUSED);
        }
        $config = new AMQPConnectionConfig();
        $config->setHost($this->host);
        $config->setPort($this->port);
        $config->setUser($this->user);
        $config->setPassword($this->password);
        $config->setVhost($this->vhost);
        $config->setHeartbeat($heartbeat);
        $config->setConnectionTimeout(5.0);
        $config->setReadTimeout(max(10.0, 2.0 * $heartbeat));
        $config->setWriteTimeout(max(10.0, 2.0 * $heartbeat));
        $config->setKeepalive(true);
        $config->setConnectionName($name);
        return $this->guard('connect', static fn() => AMQPConnectionFactory::create($config));
    }

    /**
     * Every process that uses a queue declares it in the same way.
     *
     * @internal
     */
    public function declare(AMQPChannel $channel, string $queue): void
    {
        $this->guard("declare the queue $queue", static function () use ($channel, $queue): void {
            $channel->queue_declare("$queue.dead", durable: true, auto_delete: false, arguments: new AMQPTable(['x-queue-type' => 'quorum']));
            $channel->queue_declare($queue, durable: true, auto_delete: false, arguments: new AMQPTable([
                'x-queue-type' => 'quorum',
                'x-delivery-limit' => self::DELIVERY_LIMIT,
                'x-dead-letter-exchange' => '',
                'x-dead-letter-routing-key' => "$queue.dead",
            ]));
        });
    }

    /**
     * Calls the library, and gives its failures one class.
     *
     * @internal
     *
     * @template T
     *
     * @param \Closure(): T $call
     *
     * @return T
     */
    public function guard(string $what, \Closure $call): mixed
    {
        try {
            return $call();
        } catch (\PhpAmqpLib\Exception\AMQPExceptionInterface | \ErrorException $error) {
            $code = $error->getCode();
            $reason = match (true) {
                $code === self::ACCESS_REFUSED || str_contains($error->getMessage(), 'ACCESS_REFUSED') => BrokerException::REFUSED,
                $error instanceof \PhpAmqpLib\Exception\AMQPProtocolChannelException || $code === 530 => BrokerException::MISUSED,
                default => BrokerException::AWAY,
            };
            $said = in_array($this->password, ['', $this->user], true) ? $error->getMessage() : str_replace($this->password, '***', $error->getMessage());
            $how = match ($reason) {
                BrokerException::REFUSED => "does not let the user $this->user in",
                BrokerException::MISUSED => 'refuses',
                BrokerException::AWAY => 'is not there',
            };
            throw new BrokerException("RabbitMQ at $this->host:$this->port $how (to $what): $said", $reason);
        }
    }
}
