<?php

// Workers that share a stream of Redis as a consumer group. What a worker was given and has not acknowledged stays pending under
// its name: the one that takes its place begins with that, and what a supervisor has left that never comes back is claimed by
// others. An entry that was given out too often goes to the stream "STREAM.dead". SIGTERM: each finishes its entry, and ends.
//
// usage: php -d extension=redis -d extension=/path/to/libasync.so examples/redis/consumers.php STREAM HANDLER.php
//
// HANDLER.php returns a function that is called with the field "body" of an entry; ../rabbitmq/handler.php is one. REDIS_HOST
// (127.0.0.1; a path is a socket), REDIS_PORT (6379), WORKERS (4), CONSUMER (the host's name: what no other supervisor has),
// CLAIM_AFTER (60,000 ms: more than the longest job takes), DELIVERY_LIMIT (5), HEALTH,
// BACKOFF (1.0 s), MAX_BACKOFF (30 s), RECYCLE_JOBS (10,000), RECYCLE_MEGABYTES (256).

declare(strict_types=1);

use Async\{Restart, Supervisor, Worker};

function setting(string $name, string $default): string
{
    return getenv($name) === false ? $default : getenv($name);
}

final class Group
{
    private const NAME = 'workers';
    private bool $atFirst = true;
    private float $claimed = 0.0;

    public function __construct(
        private readonly Redis $redis,
        private readonly string $stream,
        private readonly string $consumer,
        private readonly int $claimAfter,
        private readonly int $limit,
    ) {
        $redis->xGroup('CREATE', $stream, self::NAME, '0', true); // false when it is there already
        $redis->clearLastError();
    }

    /** @return array{string, string}|null the id and the body of an entry, or null when there was none for a second */
    public function next(): ?array
    {
        if ($this->atFirst) {                               // what the worker before this one was at
            foreach ($this->read('0') as $id => $fields) {
                return $this->again($id, $fields);
            }
            $this->atFirst = false;
        }
        if (microtime(true) - $this->claimed > $this->claimAfter / 1000) {
            foreach ($this->claim() as $id => $fields) {
                return $this->again($id, $fields);
            }
            $this->claimed = microtime(true);
        }
        foreach ($this->read('>') as $id => $fields) {
            return [$id, $fields['body']];
        }
        return null;
    }

    /** Done: nobody is given it any more. */
    public function ack(string $id): void
    {
        $this->redis->multi()->xAck($this->stream, self::NAME, [$id])->xDel($this->stream, [$id])->exec();
    }

    public function reject(string $id, string $body, string $why): void
    {
        $this->redis->multi()
            ->xAdd("$this->stream.dead", '*', ['body' => $body, 'why' => $why])
            ->xAck($this->stream, self::NAME, [$id])
            ->xDel($this->stream, [$id])
            ->exec();
    }

    /** @return array{string, string}|null */
    private function again(string $id, array $fields): ?array
    {
        [[, , , $deliveries]] = $this->redis->xPending($this->stream, self::NAME, $id, $id, 1);
        if ($deliveries > $this->limit) {
            $this->reject($id, $fields['body'], "was given out $deliveries times");
            return null;
        }
        return [$id, $fields['body']];
    }

    /** @return array<string, array<string, string>> */
    private function read(string $from): array
    {
        $read = $this->redis->xReadGroup(self::NAME, $this->consumer, [$this->stream => $from], 1, $from === '>' ? 1000 : null);
        return $read[$this->stream] ?? ($read === false ? throw new RedisException((string) $this->redis->getLastError()) : []);
    }

    /** One entry that nobody has acknowledged for so long that its worker must be dead. php-redis 5 has no method for this. */
    private function claim(): array
    {
        $claimed = $this->redis->rawCommand('XAUTOCLAIM', $this->stream, self::NAME, $this->consumer, $this->claimAfter, '0', 'COUNT', '1');
        foreach ($claimed[1] ?? [] as [$id, $fields]) {
            return [$id => array_column(array_chunk($fields, 2), 1, 0)];
        }
        return [];
    }
}

[, $stream, $handler] = $argv + [null, 'jobs', __DIR__ . '/../rabbitmq/handler.php'];

exit(Supervisor::create()
    ->restart(Restart::OnFailure, backoff: (float) setting('BACKOFF', '1.0'), maxBackoff: (float) setting('MAX_BACKOFF', '30'))
    ->recycle(jobs: (int) setting('RECYCLE_JOBS', '10000'), bytes: (int) setting('RECYCLE_MEGABYTES', '256') << 20)
    ->grace(25)
    ->health(setting('HEALTH', '') ?: null)
    ->bootstrap(function (Worker $worker) use ($stream, $handler): array {
        $redis = new Redis();                               // in the worker: a connection of its own
        $host = setting('REDIS_HOST', '127.0.0.1');
        $redis->connect($host, $host[0] === '/' ? 0 : (int) setting('REDIS_PORT', '6379'));
        $name = setting('CONSUMER', gethostname()) . "-{$worker->id()}";
        return [new Group($redis, $stream, $name, (int) setting('CLAIM_AFTER', '60000'), (int) setting('DELIVERY_LIMIT', '5')), require $handler];
    })
    ->add('consumer', function (Worker $worker, array $made): void {
        [$group, $handle] = $made;
        while (!$worker->stopping()) {
            [$id, $body] = $group->next() ?? [null, null];
            $worker->heartbeat($id ?? 'waits');
            if ($id === null) {
                continue;
            }
            try {
                $handle($body);
            } catch (Throwable $error) {
                fwrite(STDERR, $error::class . ": {$error->getMessage()}\n");
                $group->reject($id, $body, $error->getMessage());
                continue;
            }
            $group->ack($id);                               // after the work: a crash before this line brings the entry back
            $worker->job();
        }
    }, (int) setting('WORKERS', '4'))
    ->run());
