<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

/**
 * @internal
 */
final class RedisReceiver implements Receiver
{
    private const GROUP = 'workers';
    private const KEPT_SECONDS = 600;

    private readonly \Redis $redis;
    private bool $isFirst = true;
    private float $claimed = 0.0;
    private float $told = 0.0;

    public function __construct(private readonly RedisStreams $broker, private readonly string $queue, private readonly string $name, private readonly float $claimAfter)
    {
        $this->redis = $broker->connect();
        $broker->guard('make a group', function (): void {
            $this->redis->xGroup('CREATE', $this->queue, self::GROUP, '0', true);
            if (!str_starts_with((string) $this->redis->getLastError(), 'BUSYGROUP')) {
                $this->broker->check($this->redis, $this->redis->getLastError() === null);
            }
            $this->redis->clearLastError();
        });
    }

    public function receive(float $timeout): ?Delivery
    {
        return $this->broker->guard('receive', function () use ($timeout): ?Delivery {
            if ($this->isFirst) { // what the worker before this one was at
                foreach ($this->read('0', 0.0) as $id => $fields) {
                    return $this->delivery($id, $fields);
                }
                $this->isFirst = false;
            }
            if (microtime(true) - $this->claimed > $this->claimAfter / 2) {
                foreach ($this->claim() as $id => $fields) {
                    return $this->delivery($id, $fields);
                }
                $this->claimed = microtime(true);
            }
            foreach ($this->read('>', $timeout) as $id => $fields) {
                $this->told = microtime(true);
                return new Delivery((string) ($fields['body'] ?? ''), 1, $id);
            }
            return null;
        });
    }

    public function finish(Delivery $delivery, string $address, string $result): bool
    {
        $this->end($delivery, fn(\Redis $multi) => $this->answer($multi, $address, $result));
        return true;
    }

    /**
     * It stays with this worker, which takes it again.
     */
    public function requeue(Delivery $delivery): void
    {
        $this->isFirst = true;
    }

    public function bury(Delivery $delivery, string $why, ?string $address = null, string $result = ''): void
    {
        $this->end($delivery, function (\Redis $multi) use ($delivery, $why, $address, $result): void {
            $multi->xAdd("$this->queue.dead", '*', ['body' => $delivery->body, 'why' => $why]);
            if ($address !== null) {
                $this->answer($multi, $address, $result);
            }
        });
    }

    /**
     * One that is claimed is not as old as it was; JUSTID leaves the count of its deliveries alone.
     */
    public function keepAlive(?Delivery $delivery): void
    {
        if ($delivery !== null && microtime(true) - $this->told > $this->claimAfter / 4) {
            $this->told = microtime(true);
            $this->broker->guard('keep a task', fn() => $this->broker->check($this->redis, $this->redis->rawCommand('XCLAIM', $this->queue, self::GROUP, $this->name, '0', $delivery->handle, 'JUSTID')));
        }
    }

    public function close(): void
    {
        try {
            if ($this->redis->xPending($this->queue, self::GROUP, '-', '+', 1, $this->name) === []) {
                $this->redis->xGroup('DELCONSUMER', $this->queue, self::GROUP, $this->name);
            }
            $this->redis->close();
        } catch (\Throwable) {
            // A name stays in the group.
        }
    }

    /**
     * At once: a result that was sent belongs to a task that is done.
     *
     * @param \Closure(\Redis): mixed $also
     */
    private function end(Delivery $delivery, \Closure $also): void
    {
        $this->broker->guard('end a task', function () use ($delivery, $also): void {
            $multi = $this->redis->multi();
            $also($multi);
            $multi->xAck($this->queue, self::GROUP, [$delivery->handle]);
            $multi->xDel($this->queue, [$delivery->handle]);
            $this->broker->check($this->redis, $multi->exec());
        });
    }

    private function answer(\Redis $multi, string $address, string $result): void
    {
        $multi->rPush($address, $result);
        $multi->expire($address, self::KEPT_SECONDS);
    }

    /**
     * @param array<string, string> $fields
     */
    private function delivery(string $id, array $fields): Delivery
    {
        $this->told = microtime(true);
        $pending = $this->broker->check($this->redis, $this->redis->xPending($this->queue, self::GROUP, $id, $id, 1));
        return new Delivery((string) ($fields['body'] ?? ''), (int) ($pending[0][3] ?? 1), $id);
    }

    /**
     * @return array<string, array<string, string>>
     */
    private function read(string $from, float $timeout): array
    {
        $wait = $from === '>' ? max(1, (int) ($timeout * 1000)) : null;
        $read = $this->broker->check($this->redis, $this->redis->xReadGroup(self::GROUP, $this->name, [$this->queue => $from], 1, $wait));
        return array_map(static fn($fields) => (array) $fields, $read[$this->queue] ?? []); // null: deleted by somebody
    }

    /**
     * php-redis 5 has no method for this.
     *
     * @return array<string, array<string, string>>
     */
    private function claim(): array
    {
        $after = (string) (int) ($this->claimAfter * 1000);
        $claimed = $this->broker->check($this->redis, $this->redis->rawCommand('XAUTOCLAIM', $this->queue, self::GROUP, $this->name, $after, '0', 'COUNT', '1'));
        foreach ($claimed[1] ?? [] as $entry) {
            if (is_array($entry)) { // Redis 6 gives nil for one that was deleted
                return [$entry[0] => array_column(array_chunk($entry[1], 2), 1, 0)];
            }
        }
        return [];
    }
}
