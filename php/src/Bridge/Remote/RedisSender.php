<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

/**
 * @internal
 */
final class RedisSender implements Sender
{
    private readonly string $address;
    private readonly int $pid;
    private \Redis $redis;

    /** @var array<string, true> the one that was being sent when the connection was lost */
    private array $unconfirmed = [];

    public function __construct(private readonly RedisStreams $broker, private readonly string $queue)
    {
        $this->address = "$queue.results." . bin2hex(random_bytes(12));
        $this->pid = (int) getmypid();
        $this->redis = $broker->connect();
    }

    public function address(): string
    {
        return $this->address;
    }

    public function send(string $id, string $body): void
    {
        $this->unconfirmed[$id] = true;
        $this->broker->guard('send a task', fn() => $this->broker->check($this->redis, $this->redis->xAdd($this->queue, '*', ['body' => $body])));
        unset($this->unconfirmed[$id]);
    }

    public function receive(float $timeout): array
    {
        return $this->broker->guard('receive results', function () use ($timeout): array {
            $results = $this->take();
            if ($results === [] && $timeout > 0) {
                $one = $this->redis->rawCommand('BLPOP', $this->address, sprintf('%.3F', max($timeout, 0.001)));
                $one = $this->broker->check($this->redis, $one);
                if (is_array($one) && isset($one[1])) {
                    $results = [$one[1], ...$this->take()];
                }
            }
            return $results;
        });
    }

    public function reconnect(\Closure $resend): void
    {
        $this->redis = $this->broker->connect();
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
            $this->redis->del($this->address);
            $this->redis->close();
        } catch (\Throwable) {
            // It expires.
        }
    }

    /**
     * @return list<string>
     */
    private function take(): array
    {
        return $this->broker->check($this->redis, $this->redis->rawCommand('LPOP', $this->address, '256')) ?: [];
    }
}
