<?php

declare(strict_types=1);

namespace Async\Bridge;

use Async\{AsyncError, CancelledException, Status, Task, TimeoutException};
use Async\Bridge\Remote\{Broker, Classes, Codec, Sender, Throwables};

/**
 * A pool whose tasks run wherever there is an `async-worker` of the same queue: `Async\Task` objects, sent through a broker.
 *
 * It has the manners of an `Async\Pool`: keys, results in the order in which the tasks went in, handlers, time limits, repeats. A task
 * whose worker dies is given to another one; a result counts once.
 *
 * @template T
 *
 * @implements \ArrayAccess<int|string, RemoteFuture<T>>
 * @implements \IteratorAggregate<int|string, RemoteFuture<T>>
 */
final class RemotePool implements \ArrayAccess, \Countable, \IteratorAggregate
{
    private readonly Codec $codec;
    private readonly int $pid;
    private Classes $classes;
    private ?Sender $sender = null;
    private ?int $concurrency = null;
    private ?float $limit = null;
    private float $patience = 30.0;
    private bool $isStopped = false;
    private bool $isLost = false;

    /** @var array{int, float, ?float, float, ?\Closure} */
    private array $retry = [0, 0.0, null, 0.0, null];

    /** @var array<int|string, RemoteFuture<T>> */
    private array $futures = [];

    /** @var array<int|string, array{string, string}> those that have no result: class, and what serialize() has written */
    private array $tasks = [];

    /** @var array<int|string, float> when those are to be sent that are not */
    private array $waiting = [];

    /** @var array<string, int|string> the keys of those that were sent, by the number of the attempt */
    private array $sent = [];

    /** @var list<string> messages */
    private array $inbox = [];

    /** @var array<int, array<int|string, RemoteFuture<T>>> those that have ended, for each loop over the pool */
    private array $ended = [];

    private int $loops = 0;
    private int $nextKey = 0;
    private int $retries = 0;
    private int $news = 0;
    private readonly string $prefix;
    private int $number = 0;

    private function __construct(private readonly Broker $broker, private readonly string $queue)
    {
        $this->codec = new Codec($queue);
        $this->classes = new Classes([]);
        $this->pid = (int) getmypid();
        $this->prefix = bin2hex(random_bytes(8));
    }

    public static function create(Broker $broker, string $queue): self
    {
        return new self($broker, $queue);
    }

    public function __destruct()
    {
        $this->close();
    }

    /**
     * Names the classes whose objects results may have, and the exceptions of tasks that arrive as themselves. Without: none but those of PHP.
     *
     * @param class-string ...$classes
     *
     * @return $this
     */
    public function allow(string ...$classes): self
    {
        $this->classes = new Classes(array_values($classes));
        return $this;
    }

    /**
     * Signs tasks with the first key, and takes results that are signed with any of them, and no others.
     *
     * @return $this
     */
    public function sign(#[\SensitiveParameter] string ...$keys): self
    {
        $this->codec->setKeys(...$keys);
        return $this;
    }

    /**
     * How many bytes a message may have: 8 MiB, if nobody says otherwise. The workers have a limit of their own for results.
     *
     * @return $this
     */
    public function maxMessage(int $bytes): self
    {
        $this->codec->limit = self::atLeast(__METHOD__, 'bytes', $bytes, 1024);
        return $this;
    }

    /**
     * How many tasks are with the broker and the workers at most; null: all.
     *
     * @return $this
     */
    public function concurrency(?int $n): self
    {
        $this->concurrency = $n === null ? null : self::atLeast(__METHOD__, 'n', $n, 1);
        return $this;
    }

    /**
     * How many seconds a task may run in its worker; null: as long as the worker lets it.
     *
     * @return $this
     */
    public function timeout(?float $seconds): self
    {
        if ($seconds !== null && !($seconds > 0)) {
            throw new \ValueError(__METHOD__ . '(): Argument #1 ($seconds) must be greater than 0');
        }
        $this->limit = $seconds;
        return $this;
    }

    /**
     * Sends what has failed again, as {@see \Async\Pool::retry()} does.
     *
     * @param (callable(\Throwable): bool)|null $if
     *
     * @return $this
     */
    public function retry(int $times, float $backoff = 0.0, ?float $maxBackoff = null, float $jitter = 0.0, ?callable $if = null): self
    {
        $this->retry = [self::atLeast(__METHOD__, 'times', $times, 0), max(0.0, $backoff), $maxBackoff, max(0.0, min(1.0, $jitter)), $if === null ? null : $if(...)];
        return $this;
    }

    /**
     * How many seconds a broker that was there may be away, before whoever waits is told.
     *
     * @return $this
     */
    public function patience(float $seconds): self
    {
        $this->patience = max(0.0, $seconds);
        return $this;
    }

    /**
     * @param Task<T> $task
     *
     * @return RemoteFuture<T>
     *
     * @throws TooLargeException
     * @throws BrokerException
     * @throws \ValueError when the key is in use
     */
    public function add(Task $task, int|string|null $key = null): RemoteFuture
    {
        $this->refuseInTask();
        $key ??= $this->nextKey;
        if (isset($this->futures[$key])) {
            throw new \ValueError("The key '$key' is in use");
        }
        if (is_int($key)) {
            $this->nextKey = max($this->nextKey, $key + 1);
        }
        $future = new RemoteFuture($this, $key);
        if ($this->isStopped) {
            $this->futures[$key] = $future;
            $this->end($key, Status::Cancelled, null, new CancelledException("Task '$key' was added to a pool that is stopped"));
            return $future;
        }
        $this->sender ??= $this->broker->sender($this->queue);
        $written = [$task::class, serialize($task)];
        $this->encode($key, $written, $future, "$this->prefix." . PHP_INT_MAX); // what is too large is refused here, and not when it is sent
        $this->futures[$key] = $future;
        $this->tasks[$key] = $written;
        $this->waiting[$key] = 0.0;
        return $future;
    }

    public function offsetExists(mixed $offset): bool
    {
        return isset($this->futures[$offset]);
    }

    /**
     * @return RemoteFuture<T>
     */
    public function offsetGet(mixed $offset): RemoteFuture
    {
        return $this->futures[$offset] ?? throw new \ValueError("There is no task with the key '$offset'");
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
        if (!$value instanceof Task) {
            throw new \TypeError('A RemotePool takes objects of Async\Task, ' . get_debug_type($value) . ' given: a closure cannot be sent to another machine');
        }
        $this->add($value, $offset);
    }

    public function offsetUnset(mixed $offset): void
    {
        ($this->futures[$offset] ?? null)?->cancel();
        unset($this->futures[$offset]);
    }

    public function count(): int
    {
        return count($this->futures);
    }

    /**
     * @return list<int|string>
     */
    public function keys(): array
    {
        return array_keys($this->futures);
    }

    /**
     * Gives each future once, with its key, in the order in which they end.
     *
     * @return \Generator<int|string, RemoteFuture<T>>
     */
    public function getIterator(): \Generator
    {
        $loop = ++$this->loops;
        $this->ended[$loop] = array_filter($this->futures, static fn(RemoteFuture $future) => $future->isFinished());
        try {
            while (true) {
                foreach ($this->ended[$loop] as $key => $future) {
                    unset($this->ended[$loop][$key]);
                    yield $key => $future;
                    continue 2;
                }
                if ($this->tasks === []) {
                    return;
                }
                $this->waitFor(fn() => $this->ended[$loop] !== [] || $this->tasks === [], null);
            }
        } finally {
            unset($this->ended[$loop]);
        }
    }

    /**
     * Waits for all.
     *
     * @return array<int|string, T> in the order in which the tasks went in
     *
     * @throws \Throwable the first failure in that order that no handler has handled
     * @throws TimeoutException when the time is over; the tasks go on
     * @throws BrokerException when the broker is away for longer than {@see patience()}
     */
    public function await(?float $timeout = null): array
    {
        if (!$this->waitFor(fn() => $this->tasks === [], $timeout)) {
            throw new TimeoutException(count($this->tasks) . " tasks have no result within $timeout s; they go on");
        }
        $values = [];
        $failure = null;
        foreach ($this->futures as $key => $future) {
            try {
                if (!$this->isStopped || $future->status() !== Status::Cancelled) {
                    $values[$key] = $future->await();
                }
            } catch (\Throwable $error) {
                $failure ??= $error;
            }
        }
        return $failure === null ? $values : throw $failure;
    }

    /**
     * Waits for all, and throws nothing of what they threw.
     *
     * @return array<int|string, RemoteFuture<T>>
     */
    public function settle(): array
    {
        $this->waitFor(fn() => $this->tasks === [], null);
        foreach ($this->futures as $future) {
            $future->error();
        }
        return $this->futures;
    }

    /**
     * Sends what may be sent, handles what has come, and returns at once.
     *
     * @return int how many have ended since the last call
     */
    public function tick(): int
    {
        $this->refuseInTask();
        $this->pump(0.0);
        [$news, $this->news] = [$this->news, 0];
        return $news;
    }

    /**
     * @return array{queued: int, running: int, finished: int, failed: int, timedOut: int, retries: int} running: sent, and without a result
     */
    public function status(): array
    {
        $count = ['queued' => 0, 'running' => 0, 'finished' => 0, 'failed' => 0, 'timedOut' => 0];
        foreach ($this->futures as $future) {
            $count[match ($future->status()) {
                Status::Pending, Status::Queued => 'queued',
                Status::Running => 'running',
                Status::Succeeded => 'finished',
                Status::TimedOut => 'timedOut',
                default => 'failed',
            }]++;
        }
        return $count + ['retries' => $this->retries];
    }

    /**
     * Sends nothing more: what was not sent is cancelled.
     *
     * @return $this
     */
    public function stop(): self
    {
        $this->isStopped = true;
        foreach (array_keys($this->waiting) as $key) {
            $this->futures[$key]->cancel();
        }
        return $this;
    }

    /**
     * Stops, and waits for no result. What was sent runs nevertheless.
     *
     * @return $this
     */
    public function cancel(): self
    {
        $this->stop();
        foreach (array_keys($this->tasks) as $key) {
            $this->futures[$key]->cancel();
        }
        return $this;
    }

    /**
     * @return $this
     */
    public function clearFinished(): self
    {
        $this->futures = array_intersect_key($this->futures, $this->tasks);
        return $this;
    }

    /**
     * Leaves the broker: results that have not come are lost.
     */
    public function close(): void
    {
        $this->sender?->close();
        $this->sender = null;
    }

    /**
     * @internal
     */
    public function forget(RemoteFuture $future): void
    {
        $key = $future->key();
        unset($this->tasks[$key], $this->waiting[$key]);
        foreach (array_keys($this->sent, $key, true) as $id) {
            unset($this->sent[$id]);
            $this->sender?->forget((string) $id);
        }
        $this->note($key, $future);
    }

    /**
     * @internal
     *
     * @param \Closure(): bool $isOver
     *
     * @return bool false: the time was over before
     */
    public function waitFor(\Closure $isOver, ?float $timeout): bool
    {
        $this->refuseInTask();
        $end = $timeout === null ? INF : hrtime(true) / 1e9 + $timeout;
        while (!$isOver()) {
            $left = $end - hrtime(true) / 1e9;
            if ($left <= 0.0) {
                return false;
            }
            $this->pump(min(1.0, $left));
        }
        return true;
    }

    private function pump(float $timeout): void
    {
        $now = hrtime(true) / 1e9;
        foreach ($this->waiting as $key => $due) {
            if (count($this->sent) >= ($this->concurrency ?? PHP_INT_MAX)) {
                break;
            }
            if ($due <= $now) {
                $this->send($key);
            } else {
                $timeout = min($timeout, $due - $now);
            }
        }
        if ($this->inbox === []) {
            if ($this->sent === []) {
                usleep((int) ($timeout * 1e6));
            } else {
                array_push($this->inbox, ...$this->patiently(fn() => $this->inbox === [] ? $this->sender?->receive($timeout) ?? [] : []));
            }
        }
        // One by one: a handler may wait for one that has come with it.
        while ($this->inbox !== []) {
            $this->accept(array_shift($this->inbox));
        }
    }

    private function send(int|string $key): void
    {
        $future = $this->futures[$key];
        $id = $this->prefix . '.' . ++$this->number;
        $body = $this->encode($key, $this->tasks[$key], $future, $id);
        unset($this->waiting[$key]);
        $this->sent[$id] = $key;
        $future->attempts++;
        $future->sent();
        $isSent = false;
        $this->patiently(function () use ($id, $body, &$isSent): void {
            if (!$isSent && isset($this->sent[$id])) {
                $isSent = true; // one that is lost with the connection is sent again as all those that were not confirmed
                $this->sender?->send($id, $body);
            }
        });
    }

    /**
     * @param array{string, string} $task
     */
    private function encode(int|string $key, array $task, RemoteFuture $future, string $id): string
    {
        $head = ['id' => $id, 'task' => (string) $key, 'class' => $task[0], 'reply' => $this->sender?->address() ?? '', 'limit' => $future->limit() ?? $this->limit];
        return $this->codec->encode('task', $head, $task[1], "Task '$key'");
    }

    /**
     * Calls the broker; when the connection is lost, connects again, and sends again what the broker may not have.
     *
     * @template R
     *
     * @param \Closure(): R $call
     *
     * @return R
     */
    private function patiently(\Closure $call): mixed
    {
        $end = null;
        $pause = 0.05;
        while (true) {
            try {
                if ($this->isLost) {
                    $this->reconnect();
                    $this->isLost = false;
                }
                return $call();
            } catch (BrokerException $error) {
                $this->isLost = true;
                $end ??= hrtime(true) / 1e9 + $this->patience;
                if ($error->exitCode !== BrokerException::AWAY || hrtime(true) / 1e9 >= $end) {
                    throw $error;
                }
                usleep((int) ($pause * 1e6));
                $pause = min(2.0, 2 * $pause);
            }
        }
    }

    private function reconnect(): void
    {
        $missing = $this->sender?->reconnect(array_map(strval(...), array_keys($this->sent))) ?? [];
        // What has been done meanwhile is not to be done again.
        while (($results = $this->sender?->receive(0.0) ?? []) !== []) {
            array_push($this->inbox, ...$results);
        }
        $done = array_map($this->codec->idOf(...), $missing === [] ? [] : $this->inbox);
        foreach (array_diff($missing, $done) as $id) {
            $key = $this->sent[$id] ?? null;
            if ($key !== null) {
                $this->sender?->send($id, $this->encode($key, $this->tasks[$key], $this->futures[$key], $id));
            }
        }
    }

    private function accept(string $body): void
    {
        try {
            [$head, $bytes] = $this->codec->decode('result', $body);
        } catch (RefusedException $refused) {
            trigger_error("A message to the pool of $this->queue was refused: {$refused->getMessage()}", E_USER_WARNING);
            return;
        }
        $key = $this->sent[$head['id']] ?? null;
        if ($key === null) {
            return; // a second result: its worker was lost after the first one, or the task was cancelled
        }
        unset($this->sent[$head['id']]);
        $this->sender?->forget($head['id']);
        try {
            if (($head['ok'] ?? null) === true) {
                $this->end($key, Status::Succeeded, $this->classes->unserialize($bytes), null);
                return;
            }
            $error = Throwables::fromArray((array) (new Classes([]))->unserialize($bytes), $this->classes);
        } catch (RefusedException $refused) {
            $this->end($key, Status::Failed, null, new RefusedException("The result of task '$key' was refused: {$refused->getMessage()}"));
            return;
        }
        $this->fail($key, $error, ($head['timedOut'] ?? null) === true);
    }

    private function fail(int|string $key, \Throwable $error, bool $isTimeout): void
    {
        [$times, $backoff, $most, $jitter, $if] = $this->retry;
        $failures = $this->futures[$key]->attempts;
        if ($failures <= $times && !$this->isStopped && !$error instanceof RefusedException && ($if === null || $if($error))) {
            $this->retries++;
            $wait = min($most ?? INF, $backoff * 2 ** ($failures - 1)) * (1.0 - $jitter * mt_rand() / mt_getrandmax());
            $this->waiting[$key] = hrtime(true) / 1e9 + $wait;
            return;
        }
        $this->end($key, $isTimeout ? Status::TimedOut : Status::Failed, null, $error);
    }

    private function end(int|string $key, Status $status, mixed $value, ?\Throwable $error): void
    {
        $future = $this->futures[$key];
        unset($this->tasks[$key], $this->waiting[$key]);
        $future->settle($status, $value, $error);
        $this->note($key, $future);
    }

    private function note(int|string $key, RemoteFuture $future): void
    {
        $this->news++;
        foreach (array_keys($this->ended) as $loop) {
            $this->ended[$loop][$key] = $future;
        }
    }

    private function refuseInTask(): void
    {
        if ($this->pid !== getmypid()) {
            throw new AsyncError('A RemotePool of the parent cannot be used in a task: its connection is the parent\'s. Make one in the task');
        }
    }

    private static function atLeast(string $method, string $name, int $given, int $least): int
    {
        return $given >= $least ? $given : throw new \ValueError("$method(): Argument #1 (\$$name) must be at least $least, $given given");
    }
}
