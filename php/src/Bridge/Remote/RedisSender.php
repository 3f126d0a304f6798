<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

/**
 * @internal
 */
final class RedisSender extends TrackingSender
{
    /** Only whether they are there: a task may be large. */
    private const ARE_THERE = <<<'LUA'
        local there = {}
        for i, entry in ipairs(ARGV) do
            there[i] = #redis.call('XRANGE', KEYS[1], entry, entry)
        end
        return there
        LUA;

    private ?\Redis $redis = null;

    /** @var array<string, string> the entries of tasks, by the numbers of these */
    private array $entries = [];

    public function __construct(private readonly RedisStreams $broker, string $queue)
    {
        parent::__construct($queue);
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

    public function forget(string $id): void
    {
        parent::forget($id);
        unset($this->entries[$id]);
    }

    protected function open(): void
    {
        $this->redis = $this->broker->connect();
        // A connection that is lost has to be seen: what was done over the one before it may be lost as well.
        $this->redis->setOption(\Redis::OPT_MAX_RETRIES, 0);
    }

    protected function leave(): void
    {
        $this->redis = null;
    }

    protected function clear(): void
    {
        $this->redis?->del($this->address);
        $this->redis?->close();
    }

    protected function publish(string $id, string $body): void
    {
        $entry = $this->broker->guard('send a task', fn() => $this->broker->check($this->redis, $this->redis->xAdd($this->queue, '*', ['body' => $body])));
        $this->entries[$id] = (string) $entry;
        unset($this->unconfirmed[$id]);
    }

    /**
     * An entry goes in one transaction with its result. A result goes when it is taken, also if the answer is lost; and Redis itself may have
     * been started anew without either.
     */
    protected function lost(array $sent): array
    {
        $lost = [];
        foreach (array_chunk(array_intersect_key($this->entries, array_flip($sent)), 500, true) as $some) {
            $there = $this->broker->guard('look for tasks', fn() => $this->broker->check($this->redis, $this->redis->eval(self::ARE_THERE, [$this->queue, ...array_values($some)], 1)));
            foreach (array_keys($some) as $index => $id) {
                if (($there[$index] ?? 0) !== 1) {
                    $lost[] = (string) $id;
                }
            }
        }
        return $lost;
    }

    /**
     * @return list<string>
     */
    private function take(): array
    {
        return $this->broker->check($this->redis, $this->redis->rawCommand('LPOP', $this->address, '256')) ?: [];
    }
}
