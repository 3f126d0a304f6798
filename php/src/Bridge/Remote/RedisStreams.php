<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\BrokerException;

/**
 * Redis, over php-redis: a stream with a consumer group for tasks, and a list for the results of each pool.
 *
 * Redis does not notice that a worker is dead: what it had is claimed when the worker has not been heard of for $claimAfter seconds.
 */
final class RedisStreams implements Broker
{
    /**
     * @param string $host a path is a socket
     */
    public function __construct(
        private readonly string $host = '127.0.0.1',
        private readonly int $port = 6379,
        private readonly ?string $user = null,
        #[\SensitiveParameter]
        private readonly ?string $password = null,
        private readonly int $database = 0,
        private readonly float $claimAfter = 15.0,
    ) {
    }

    /**
     * @param string $url redis://USER:PASSWORD@HOST:PORT/DATABASE, or redis:///path/of/a/socket
     */
    public static function fromUrl(#[\SensitiveParameter] string $url): self
    {
        if (str_starts_with($url, 'redis:///')) {
            return new self(substr($url, strlen('redis://')));
        }
        $part = parse_url($url);
        if (!is_array($part) || ($part['scheme'] ?? '') !== 'redis' || !isset($part['host'])) {
            throw new BrokerException('The address of Redis has to be redis://USER:PASSWORD@HOST:PORT/DATABASE, or redis:///path', BrokerException::MISUSED);
        }
        $user = rawurldecode($part['user'] ?? '');
        return new self($part['host'], $part['port'] ?? 6379, $user === '' ? null : $user, isset($part['pass']) ? rawurldecode($part['pass']) : null, (int) substr($part['path'] ?? '/0', 1));
    }

    public function __debugInfo(): array
    {
        return ['host' => $this->host, 'port' => $this->port, 'user' => $this->user, 'database' => $this->database];
    }

    public function sender(string $queue): Sender
    {
        return new RedisSender($this, $queue);
    }

    public function receiver(string $queue, string $name, bool $takes): Receiver
    {
        return new RedisReceiver($this, $queue, $name, $this->claimAfter);
    }

    /**
     * @internal
     */
    public function connect(): \Redis
    {
        if (!extension_loaded('redis')) {
            throw new BrokerException('Redis Streams need the extension redis', BrokerException::MISUSED);
        }
        return $this->guard('connect', function (): \Redis {
            $redis = new \Redis();
            $redis->connect($this->host, $this->host[0] === '/' ? 0 : $this->port, 5.0);
            if ($this->password !== null) {
                $redis->auth($this->user === null ? $this->password : [$this->user, $this->password]) || throw new \RedisException((string) $redis->getLastError());
            }
            $redis->setOption(\Redis::OPT_READ_TIMEOUT, 15.0);
            $redis->select($this->database) || throw new \RedisException((string) $redis->getLastError());
            return $redis;
        });
    }

    /**
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
        } catch (\RedisException $error) {
            $said = $error->getMessage();
            $reason = match (true) {
                (bool) preg_match('/NOAUTH|WRONGPASS|NOPERM|invalid password|invalid username/i', $said) => BrokerException::REFUSED,
                (bool) preg_match('/^(ERR|WRONGTYPE|NOGROUP|MOVED|READONLY|OOM)\b/', $said) => BrokerException::MISUSED,
                default => BrokerException::AWAY,
            };
            $how = match ($reason) {
                BrokerException::REFUSED => 'does not let ' . ($this->user === null ? 'us' : "the user $this->user") . ' in',
                BrokerException::MISUSED => 'refuses',
                BrokerException::AWAY => 'is not there',
            };
            if ($this->password !== null && $this->password !== '') {
                $said = str_replace($this->password, '***', $said);
            }
            $where = $this->host[0] === '/' ? $this->host : "$this->host:$this->port";
            throw new BrokerException("Redis at $where $how (to $what): $said", $reason);
        }
    }

    /**
     * A reply that has to be one: php-redis gives false for an error of the server.
     *
     * @internal
     */
    public function check(\Redis $redis, mixed $reply): mixed
    {
        if ($reply === false && $redis->getLastError() !== null) {
            $error = $redis->getLastError();
            $redis->clearLastError();
            throw new \RedisException($error);
        }
        return $reply;
    }
}
