<?php

declare(strict_types=1);

namespace Async\Bridge\Messenger;

use Async\{Future, Pool};
use Psr\Log\LoggerInterface;
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Event\{WorkerMessageFailedEvent, WorkerMessageHandledEvent, WorkerMessageReceivedEvent, WorkerRunningEvent, WorkerStartedEvent, WorkerStoppedEvent};
use Symfony\Component\Messenger\Exception\{RejectRedeliveredMessageException, RuntimeException};
use Symfony\Component\Messenger\MessageBusInterface;
use Symfony\Component\Messenger\Stamp\{ConsumedByWorkerStamp, ReceivedStamp, TransportMessageIdStamp};
use Symfony\Component\Messenger\Transport\Receiver\{KeepaliveReceiverInterface, QueueReceiverInterface, ReceiverInterface};
use Symfony\Component\Messenger\{Worker, WorkerMetadata};
use Symfony\Contracts\EventDispatcher\EventDispatcherInterface;

/**
 * A worker of Messenger that handles each message in a child, several at once. Receivers, events, retries, failure transports and limits are
 * Messenger's own, and in this process; the bus, with its handlers, is called in the children.
 *
 * It is a {@see Worker}, as events have to have one, and uses nothing of it.
 */
final class ParallelWorker extends Worker
{
    private readonly Pool $pool;
    private readonly WorkerMetadata $about;
    private bool $isToStop = false;
    private int $number = 0;
    private int $taken = 0;
    private float $kept = 0.0;

    /** @var array<int, array{Envelope, string}> those that are in children, with their transports */
    private array $messages = [];

    /** @var array<int, Future<mixed>> with those of messages that they handle */
    private array $futures = [];

    /** @var array<int, list<int>> the numbers of messages, by that of the child */
    private array $members = [];

    /** @var array<class-string, int> how many messages handlers take at once that take batches */
    private array $batchSizes = [];

    /** @var array<class-string, list<int>> messages that wait for their batch */
    private array $batches = [];

    /**
     * @param array<string, ReceiverInterface> $receivers by the names of their transports
     * @param int $parallel how many children at once
     * @param float|null $timeout seconds that a child may take
     * @param int|null $limit how many messages are taken at most
     */
    public function __construct(
        private readonly array $receivers,
        private readonly MessageBusInterface $bus,
        private readonly ?EventDispatcherInterface $events = null,
        private readonly ?LoggerInterface $log = null,
        private readonly int $parallel = 8,
        ?float $timeout = null,
        private readonly ?int $limit = null,
    ) {
        $this->pool = Pool::create()->concurrency($parallel)->timeout($timeout);
        $this->about = new WorkerMetadata(['transportNames' => array_keys($receivers)]);
    }

    /**
     * Takes the options of {@see Worker::run()}: `sleep` in microseconds, `queues`; and `keepalive` in seconds.
     *
     * @param array<string, mixed> $options
     */
    public function run(array $options = []): void
    {
        $queues = $options['queues'] ?? null;
        $this->about->set(['queueNames' => $queues]);
        $this->tell(new WorkerStartedEvent($this));
        foreach ($queues ? $this->receivers : [] as $name => $receiver) {
            if (!$receiver instanceof QueueReceiverInterface) {
                throw new RuntimeException(sprintf('Receiver for "%s" does not implement "%s".', $name, QueueReceiverInterface::class));
            }
        }
        $sleep = ($options['sleep'] ?? 1_000_000) / 1e6;
        try {
            while (!$this->isToStop) {
                $isBusy = $this->take($queues);
                $isBusy = $this->settle(0.0) || $isBusy;
                if (!$isBusy) {
                    $this->startBatches(); // as nothing more has come
                    $this->tell(new WorkerRunningEvent($this, true));
                    if (!$this->isToStop) {
                        $this->settle($sleep);
                    }
                }
                $this->keepAliveWhenDue($options['keepalive'] ?? null);
            }
        } finally {
            // Also when a receiver or a listener has thrown: what was begun is finished and told.
            $this->startBatches();
            while ($this->messages !== []) {
                $this->settle(1.0);
                $this->keepAliveWhenDue($options['keepalive'] ?? null);
            }
        }
        $this->tell(new WorkerStoppedEvent($this));
    }

    public function stop(): void
    {
        $this->log?->info('Stopping worker.', ['transport_names' => $this->about->getTransportNames()]);
        $this->isToStop = true;
    }

    public function getMetadata(): WorkerMetadata
    {
        return $this->about;
    }

    /**
     * @param list<string>|null $queues
     *
     * @return bool whether there was something
     */
    private function take(?array $queues): bool
    {
        foreach ($this->receivers as $name => $receiver) {
            if (!$this->hasRoom()) {
                return false;
            }
            $isSome = false;
            foreach ($queues ? $receiver->getFromQueues($queues) : $receiver->get() as $envelope) {
                if ($this->isInChild($envelope, $name)) {
                    continue;
                }
                $isSome = true;
                while (!$this->hasRoom() && !$this->isToStop) {
                    $this->settle(1.0);
                }
                if ($this->isToStop) {
                    return true; // it was not begun, and comes again
                }
                $this->begin($envelope, $name);
                if ($this->limit !== null && ++$this->taken >= $this->limit) {
                    $this->log?->info('Worker stopped due to maximum count of {count} messages processed', ['count' => $this->limit]);
                    $this->stop();
                    return true;
                }
            }
            if ($isSome) {
                return true; // those before it in the list come first, once more
            }
        }
        return false;
    }

    /**
     * Redis gives a consumer what it has and has not acknowledged once more: for a worker that does one thing at a time, that is what a crash
     * has left.
     */
    private function isInChild(Envelope $envelope, string $transport): bool
    {
        $id = self::id($envelope);
        foreach ($id === null ? [] : $this->messages as [$other, $of]) {
            if ($of === $transport && self::id($other) === $id) {
                return true;
            }
        }
        return false;
    }

    /** In older versions only the transport's own stamp has it. */
    private static function id(Envelope $envelope): ?string
    {
        foreach ($envelope->all() as $class => $stamps) {
            $stamp = end($stamps);
            if (($class === TransportMessageIdStamp::class || str_ends_with($class, 'ReceivedStamp')) && method_exists($stamp, 'getId')) {
                return (string) $stamp->getId();
            }
        }
        return null;
    }

    private function hasRoom(): bool
    {
        return count($this->futures) < $this->parallel;
    }

    private function begin(Envelope $envelope, string $transport): void
    {
        $event = new WorkerMessageReceivedEvent($envelope, $transport);
        $this->tell($event);
        if (!$event->shouldHandle()) {
            return;
        }
        $number = ++$this->number;
        $this->messages[$number] = [$event->getEnvelope(), $transport];
        $class = $event->getEnvelope()->getMessage()::class;
        $size = $this->batchSizes[$class] ?? 1;
        if ($size > 1) {
            $this->batches[$class][] = $number;
            if (count($this->batches[$class]) < $size) {
                return;
            }
            $this->start($this->batches[$class]);
            unset($this->batches[$class]);
            return;
        }
        $this->start([$number]);
    }

    private function startBatches(): void
    {
        foreach ($this->batches as $class => $numbers) {
            if ($this->hasRoom() || $this->isToStop) {
                unset($this->batches[$class]);
                $this->start($numbers);
            }
        }
    }

    /**
     * @param list<int> $numbers
     */
    private function start(array $numbers): void
    {
        $child = $numbers[0];
        $messages = array_intersect_key($this->messages, array_flip($numbers));
        $bus = $this->bus;
        $this->members[$child] = $numbers;
        $this->futures[$child] = $this->pool->add(static fn() => Handling::run($bus, $messages), $child);
    }

    /**
     * Tells what has ended. Waits for it, if there is nothing yet.
     *
     * @return bool whether something has
     */
    private function settle(float $seconds): bool
    {
        if ($this->futures === []) {
            usleep((int) ($seconds * 1e6));
            return false;
        }
        $ended = \Async\select($this->futures, 0.0);
        if ($ended === [] && $seconds > 0) {
            // Not select() with a time: a signal ends this, so that its handler can stop the worker.
            $read = [$this->pool->stream()];
            $none = null;
            @stream_select($read, $none, $none, (int) $seconds, (int) (fmod($seconds, 1.0) * 1e6));
            $ended = \Async\select($this->futures, 0.0);
        }
        foreach (array_keys($ended) as $child) {
            $future = $this->futures[$child];
            $numbers = $this->members[$child];
            unset($this->futures[$child], $this->members[$child], $this->pool[$child]);
            try {
                $outcomes = $future->await();
                $error = new RuntimeException('A handler of batches has not said what has become of this message.');
            } catch (\Throwable $error) { // the child has died, or its time was over
                $outcomes = [];
            }
            foreach ($numbers as $number) {
                $this->finish($number, $outcomes[$number] ?? null, $error);
            }
        }
        return $ended !== [];
    }

    /**
     * @param array<string, mixed>|null $outcome
     */
    private function finish(int $number, ?array $outcome, ?\Throwable $error): void
    {
        [$envelope, $transport] = $this->messages[$number];
        unset($this->messages[$number]);
        $envelope = $envelope->with(new ReceivedStamp($transport), new ConsumedByWorkerStamp());
        if ($outcome !== null) {
            [$envelope, $error] = Handling::restore($envelope, $outcome);
            if ($outcome['batch'] !== null) {
                $this->batchSizes[$envelope->getMessage()::class] = $outcome['batch'];
            }
        }
        $receiver = $this->receivers[$transport];
        if ($error !== null) {
            $isRejectedFirst = $error instanceof RejectRedeliveredMessageException;
            if ($isRejectedFirst) {
                $receiver->reject($envelope);
            }
            $event = new WorkerMessageFailedEvent($envelope, $transport, $error);
            $this->tell($event);
            if (!$isRejectedFirst) {
                $receiver->reject($event->getEnvelope());
            }
        } else {
            $event = new WorkerMessageHandledEvent($envelope, $transport);
            $this->tell($event);
            $this->log?->info('{class} was handled successfully (acknowledging to transport).', ['class' => $envelope->getMessage()::class]);
            $receiver->ack($event->getEnvelope());
        }
        $this->tell(new WorkerRunningEvent($this, false));
    }

    /**
     * For transports that give a message out again that nobody has acknowledged for long.
     */
    public function keepalive(?int $seconds = null): void
    {
        $this->kept = microtime(true);
        foreach ($this->messages as [$envelope, $transport]) {
            $receiver = $this->receivers[$transport];
            if ($receiver instanceof KeepaliveReceiverInterface) {
                $receiver->keepalive($envelope, $seconds);
            }
        }
    }

    private function keepAliveWhenDue(?int $seconds): void
    {
        if ($seconds !== null && microtime(true) - $this->kept >= $seconds) {
            $this->keepalive($seconds);
        }
    }

    private function tell(object $event): void
    {
        $this->events?->dispatch($event);
    }
}
