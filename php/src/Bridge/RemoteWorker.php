<?php

declare(strict_types=1);

namespace Async\Bridge;

use Async\{AsyncException, Future, Pool, ProcessDiedException, Status, Task, Worker};
use Async\Bridge\Remote\{Broker, Classes, Codec, Delivery, Receiver, Throwables};

/**
 * The other side of a {@see RemotePool}: what the file of `async-worker` returns.
 *
 * A worker has a connection, and runs each task in a child of its own: the broker hears of it meanwhile, the time limit holds, and
 * what a task leaves behind is gone with the child.
 */
final class RemoteWorker
{
    private readonly Codec $codec;
    private Classes $classes;
    private bool $allowsAny = false;
    private ?float $limit = null;
    private int $deliveries = 5;
    private ?\Closure $log = null;

    private function __construct(private readonly Broker $broker, private readonly string $queue)
    {
        $this->codec = new Codec($queue);
        $this->classes = new Classes([]);
    }

    public static function create(Broker $broker, string $queue): self
    {
        return new self($broker, $queue);
    }

    /**
     * Names the classes of tasks, and those of the objects in them. Nothing else is let in.
     *
     * @param class-string ...$classes
     *
     * @return $this
     */
    public function allow(string ...$classes): self
    {
        foreach ($classes as $class) {
            if (!class_exists($class) && !enum_exists($class)) {
                throw new \ValueError(__METHOD__ . "(): there is no class $class");
            }
        }
        $this->classes = new Classes(array_values($classes));
        $this->allowsAny = $classes !== [];
        return $this;
    }

    /**
     * Takes tasks that are signed with any of these keys, and no others; signs results with the first one.
     *
     * @return $this
     */
    public function sign(#[\SensitiveParameter] string ...$keys): self
    {
        $this->codec->setKeys(...$keys);
        return $this;
    }

    /**
     * How many bytes a message may have, the result too: 8 MiB, if nobody says otherwise.
     *
     * @return $this
     */
    public function maxMessage(int $bytes): self
    {
        $this->codec->limit = $bytes >= 1024 ? $bytes : throw new \ValueError(__METHOD__ . "(): Argument #1 (\$bytes) must be at least 1024, $bytes given");
        return $this;
    }

    /**
     * How many seconds a task may run at most, whatever the pool has said.
     *
     * @return $this
     */
    public function timeout(?float $seconds): self
    {
        $this->limit = $seconds === null || $seconds > 0 ? $seconds : throw new \ValueError(__METHOD__ . '(): Argument #1 ($seconds) must be greater than 0');
        return $this;
    }

    /**
     * How often a task is given out whose process dies: then it goes to the dead letters, and the pool is told.
     *
     * @return $this
     */
    public function deliveries(int $most): self
    {
        $this->deliveries = $most >= 1 && $most <= 20 ? $most : throw new \ValueError(__METHOD__ . "(): Argument #1 (\$most) must be between 1 and 20, $most given");
        return $this;
    }

    /**
     * @param callable(string, string, array<string, mixed>): mixed $fn as log() of PSR-3; without: lines of the error output
     *
     * @return $this
     */
    public function onEvent(callable $fn): self
    {
        $this->log = $fn(...);
        return $this;
    }

    /**
     * Connects and leaves: whether all of this can work.
     *
     * @throws BrokerException
     */
    public function check(): void
    {
        if (!$this->allowsAny) {
            throw new BrokerException("The worker of $this->queue allows no class, so that it can run no task: name them in allow()", BrokerException::MISUSED);
        }
        $this->broker->receiver($this->queue, "check of $this->queue " . gethostname() . ' ' . getmypid(), false)->close();
    }

    /**
     * Takes tasks until the worker is told to stop.
     *
     * @throws BrokerException when the connection is lost
     */
    public function work(Worker $worker): void
    {
        // The same name for the one that takes the place, so that it begins with what this one has left.
        $receiver = $this->broker->receiver($this->queue, sprintf('%s-%d-%s-%d', gethostname(), posix_getppid(), $worker->name(), $worker->id()), true);
        while (!$worker->stopping()) {
            $delivery = $receiver->receive(1.0);
            $receiver->keepAlive(null);
            $worker->heartbeat($delivery === null ? 'waits' : 'works');
            if ($delivery !== null) {
                $this->handle($receiver, $delivery, $worker);
                $worker->job();
            }
        }
        $receiver->close();
    }

    private function handle(Receiver $receiver, Delivery $delivery, Worker $worker): void
    {
        try {
            [$head, $bytes] = $this->codec->decode('task', $delivery->body);
        } catch (RefusedException $refused) {
            // Not a word to an address that anybody may have written.
            $this->log('warning', "a message was refused, and is in $this->queue.dead: {$refused->getMessage()}", ['event' => 'refused']);
            $receiver->bury($delivery, $refused->getMessage());
            return;
        }
        $task = self::shown($head['task'] ?? '') . ' (' . self::shown($head['class'] ?? '') . ')';
        $address = is_string($head['reply'] ?? null) && str_starts_with($head['reply'], "$this->queue.results.") ? $head['reply'] : null;
        if ($delivery->deliveries > $this->deliveries) {
            $times = $delivery->deliveries - 1;
            $this->giveUp($receiver, $delivery, $head, $address, $task, new RefusedException("Task $task was given out $times times, and no worker has lived to answer for it; it is in $this->queue.dead"));
            return;
        }
        if (strlen($delivery->body) > $this->codec->limit) {
            $this->giveUp($receiver, $delivery, $head, $address, $task, TooLargeException::of("Task $task", strlen($delivery->body), $this->codec->limit));
            return;
        }
        try {
            $object = $this->classes->unserialize($bytes);
            if (!$object instanceof Task) {
                throw new RefusedException('it is no Async\Task');
            }
        } catch (\Throwable $error) {
            $this->giveUp($receiver, $delivery, $head, $address, $task, new RefusedException("Task $task was refused by a worker: {$error->getMessage()}; it is in $this->queue.dead"));
            return;
        }
        try {
            $result = $this->run($object, $head, $receiver, $delivery, $worker);
        } catch (ProcessDiedException $died) {
            if ($delivery->deliveries < $this->deliveries) {
                $this->log('warning', "task $task was given out for the {$delivery->deliveries}. time, and its process has died: {$died->getMessage()}", ['event' => 'died']);
                $receiver->requeue($delivery);
                return;
            }
            $this->giveUp($receiver, $delivery, $head, $address, $task, $died);
            return;
        }
        if ($address === null || !$receiver->finish($delivery, $address, $result)) {
            $this->log('notice', "nobody waits for the result of task $task any more", ['event' => 'unwanted']);
        }
    }

    /**
     * @param array<string, mixed> $head
     */
    private function run(Task $task, array $head, Receiver $receiver, Delivery $delivery, Worker $worker): string
    {
        $limits = array_filter([$this->limit, is_numeric($head['limit'] ?? null) ? (float) $head['limit'] : null]);
        $pool = Pool::create()->concurrency(1)->timeout($limits === [] ? null : min($limits));
        // The outcome is written in the child: it comes here as bytes, which are handed on.
        $future = $pool->add(fn() => $this->outcome($task, $head));
        while (!self::isOver($future)) {
            \Async\select([$future], 1.0);
            $receiver->keepAlive($delivery);
            $worker->heartbeat('works');
        }
        try {
            $result = $future->await();
            return is_string($result) ? $result : throw new AsyncException('The result of task ' . self::shown($head['task'] ?? '') . ' cannot be sent');
        } catch (ProcessDiedException $died) {
            throw $died;
        } catch (\Throwable $error) { // a time limit, no process, a value that cannot be sent
            return $this->failure($head, $error, $future->status() === Status::TimedOut);
        }
    }

    private static function isOver(Future $future): bool
    {
        return !in_array($future->status(), [Status::Pending, Status::Queued, Status::Running], true);
    }

    /**
     * @param array<string, mixed> $head
     */
    private function outcome(Task $task, array $head): mixed
    {
        try {
            $value = $task->run();
            if ($value instanceof Future) {
                $value = $value->await();
            }
            try {
                $bytes = serialize($value);
            } catch (\Throwable) {
                return $value; // the extension says what in it cannot be sent
            }
            return $this->codec->encode('result', ['id' => $head['id'], 'ok' => true], $bytes, 'The result of task ' . self::shown($head['task'] ?? ''));
        } catch (\Throwable $error) {
            return $this->failure($head, $error, false);
        }
    }

    /**
     * @param array<string, mixed> $head
     */
    private function failure(array $head, \Throwable $error, bool $isTimeout): string
    {
        $result = ['id' => $head['id'], 'ok' => false, 'timedOut' => $isTimeout];
        try {
            return $this->codec->encode('result', $result, serialize(Throwables::toArray($error)), 'The failure of task ' . self::shown($head['task'] ?? ''));
        } catch (TooLargeException $tooLarge) {
            return $this->codec->encode('result', $result, serialize(['trace' => [], 'previous' => null] + Throwables::toArray($tooLarge)), 'A failure');
        }
    }

    /**
     * @param array<string, mixed> $head
     */
    private function giveUp(Receiver $receiver, Delivery $delivery, array $head, ?string $address, string $task, \Throwable $why): void
    {
        $this->log('error', "task $task is given up, and is in $this->queue.dead: {$why->getMessage()}", ['event' => 'given-up', 'deliveries' => $delivery->deliveries]);
        $receiver->bury($delivery, $why->getMessage(), $address, $this->failure($head, $why, false));
    }

    /**
     * @param array<string, mixed> $context
     */
    private function log(string $level, string $message, array $context): void
    {
        if ($this->log !== null) {
            ($this->log)($level, $message, $context + ['queue' => $this->queue]);
        } else {
            fwrite(STDERR, "$this->queue: $message\n");
        }
    }

    /** What others have written, for a log: no line breaks, and no control sequences. */
    private static function shown(mixed $text): string
    {
        return is_string($text) ? substr((string) preg_replace('/[^\x20-\x7e\x80-\xff]/', '?', $text), 0, 100) : '?';
    }
}
