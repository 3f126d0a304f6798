<?php

declare(strict_types=1);

use Async\Bridge\Messenger\{ConsumeCommand, ParallelWorker};
use Async\{ProcessDiedException, TimeoutException};
use PHPUnit\Framework\TestCase;
use Symfony\Component\Console\Tester\CommandTester;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Event\{WorkerMessageFailedEvent, WorkerMessageHandledEvent, WorkerMessageReceivedEvent, WorkerRunningEvent, WorkerStartedEvent, WorkerStoppedEvent};
use Symfony\Component\Messenger\EventListener\{SendFailedMessageForRetryListener, SendFailedMessageToFailureTransportListener, StopWorkerOnFailureLimitListener};
use Symfony\Component\Messenger\Exception\{HandlerFailedException, UnrecoverableMessageHandlingException};
use Symfony\Component\Messenger\Handler\{HandlerDescriptor, HandlersLocator};
use Symfony\Component\Messenger\{MessageBus, RoutableMessageBus, Worker};
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Retry\MultiplierRetryStrategy;
use Symfony\Component\Messenger\Stamp\{HandledStamp, RedeliveryStamp, SentToFailureTransportStamp};

require_once __DIR__ . '/../../support/packages.php';
require_once __DIR__ . '/../../support/messenger.php';

/** MESSENGER_ROOT=/path/usr/share/php takes another version of Messenger than that of this machine. */
final class MessengerTest extends TestCase
{
    private string $ledger;

    protected function setUp(): void
    {
        if (!class_exists(Worker::class) || !class_exists(EventDispatcher::class)) {
            $this->markTestSkipped('needs symfony/messenger and symfony/event-dispatcher (make services)');
        }
        $this->ledger = (string) tempnam(sys_get_temp_dir(), 'messenger');
    }

    protected function tearDown(): void
    {
        @unlink($this->ledger ?? '');
    }

    /** @return list<string> what was written down, by whom */
    private function notes(): array
    {
        return (array) file($this->ledger, FILE_IGNORE_NEW_LINES);
    }

    private function bus(): MessageBus
    {
        $ledger = $this->ledger;
        $note = static fn(string $what) => file_put_contents($ledger, "$what\n", FILE_APPEND);
        return new MessageBus([new HandleMessageMiddleware(new HandlersLocator([
            Order::class => [
                new HandlerDescriptor(static function (Order $order) use ($note): string {
                    $note("first $order->name " . getmypid());
                    return "done $order->name";
                }, ['alias' => 'first']),
                new HandlerDescriptor(static function (Order $order) use ($note): mixed {
                    return match ($order->does) {
                        'nothing' => null,
                        'throw' => throw new OrderFailed("no $order->name", 7),
                        'give up' => throw new UnrecoverableMessageHandlingException('never'),
                        'exit' => exit(3),
                        'sleep' => sleep(60),
                    };
                }, ['alias' => 'second']),
            ],
            InBatch::class => [new BatchHandler($note)],
        ]))]);
    }

    /** Runs the worker until $messages have an end, and gives the transport. */
    private function work(QueueInMemory $queue, EventDispatcher $events, int $messages, int $parallel = 4, ?float $timeout = null, ?int $limit = null): ParallelWorker
    {
        $worker = new ParallelWorker(['queue' => $queue], $this->bus(), $events, null, $parallel, $timeout, $limit);
        $deadline = hrtime(true) + 60_000_000_000;
        $events->addListener(WorkerRunningEvent::class, static function (WorkerRunningEvent $event) use ($queue, $messages, $deadline): void {
            hrtime(true) < $deadline || throw new LogicException('in vain');
            if (count($queue->acked) + count($queue->rejected) >= $messages && $queue->waiting === []) {
                $event->getWorker()->stop();
            }
        });
        $worker->run(['sleep' => 20_000]);
        return $worker;
    }

    public function testEachMessageIsHandledInAChildAndAcknowledgedHere(): void
    {
        $queue = new QueueInMemory(array_map(static fn(int $n) => new Order("n$n"), range(1, 12)));
        $events = new EventDispatcher();
        $seen = $results = [];
        foreach ([WorkerStartedEvent::class, WorkerMessageReceivedEvent::class, WorkerMessageHandledEvent::class, WorkerMessageFailedEvent::class, WorkerStoppedEvent::class] as $class) {
            $events->addListener($class, static function (object $event) use (&$seen, &$results): void {
                $seen[$event::class] = ($seen[$event::class] ?? 0) + 1;
                if ($event instanceof WorkerMessageHandledEvent) {
                    $results[] = array_map(static fn(HandledStamp $stamp) => $stamp->getResult(), $event->getEnvelope()->all(HandledStamp::class))[0];
                }
            });
        }
        $worker = $this->work($queue, $events, 12);
        $this->assertCount(12, $queue->acked);
        $this->assertSame([], $queue->rejected);
        $this->assertCount(12, array_unique($this->notes()));
        $this->assertNotContains((string) getmypid(), array_map(static fn(string $note) => explode(' ', $note)[2], $this->notes()));
        $this->assertLessThanOrEqual(4, $queue->most);
        $this->assertGreaterThan(1, $queue->most);
        $this->assertEquals([WorkerStartedEvent::class => 1, WorkerMessageReceivedEvent::class => 12, WorkerMessageHandledEvent::class => 12, WorkerStoppedEvent::class => 1], $seen);
        $this->assertContains('done n7', $results);
        $this->assertSame(['queue'], $worker->getMetadata()->getTransportNames());
    }

    public function testWhatFailsGoesToTheRetryAndFailureTransports(): void
    {
        $queue = new QueueInMemory([new Order('a', 'throw'), new Order('b', 'give up'), new Order('c')]);
        $failed = new QueueInMemory([]);
        $events = new EventDispatcher();
        $errors = [];
        $events->addListener(WorkerMessageFailedEvent::class, static function (WorkerMessageFailedEvent $event) use (&$errors): void {
            $errors[] = $event->getThrowable();
        }, 1000);
        $events->addSubscriber(new SendFailedMessageForRetryListener(locator(['queue' => $queue]), locator(['queue' => new MultiplierRetryStrategy(2, 1, 1)])));
        $events->addSubscriber(new SendFailedMessageToFailureTransportListener(locator(['queue' => $failed])));
        $this->work($queue, $events, 5);
        $this->assertSame(['c'], array_map(static fn(Envelope $envelope) => $envelope->getMessage()->name, $queue->acked));
        $this->assertSame(['b', 'a'], array_map(static fn(Envelope $envelope) => $envelope->getMessage()->name, $failed->waiting));
        [, $last] = $failed->waiting;
        $this->assertSame(2, max(array_map(static fn(RedeliveryStamp $stamp) => $stamp->getRetryCount(), $last->all(RedeliveryStamp::class))));
        $this->assertNotNull($last->last(SentToFailureTransportStamp::class));
        // The first handler has handled it at the first time, and is left out after that.
        $this->assertCount(3, $this->notes());
        $error = array_values(array_filter($errors, static fn(Throwable $one) => str_contains($one->getMessage(), 'no a')))[0];
        $this->assertInstanceOf(HandlerFailedException::class, $error);
        $this->assertInstanceOf(OrderFailed::class, $error->getPrevious());
        $this->assertSame([7, __FILE__], [$error->getPrevious()->getCode(), $error->getPrevious()->getFile()]);
    }

    public function testAProcessThatDiesOrTakesTooLongFailsItsMessageAndNoOther(): void
    {
        $queue = new QueueInMemory([new Order('a', 'exit'), new Order('b', 'sleep'), new Order('c')]);
        $events = new EventDispatcher();
        $errors = [];
        $events->addListener(WorkerMessageFailedEvent::class, static function (WorkerMessageFailedEvent $event) use (&$errors): void {
            $errors[$event->getEnvelope()->getMessage()->name] = $event->getThrowable();
        });
        $this->work($queue, $events, 3, timeout: 0.5);
        $this->assertInstanceOf(ProcessDiedException::class, $errors['a']);
        $this->assertInstanceOf(TimeoutException::class, $errors['b']);
        $this->assertCount(1, $queue->acked);
        $this->assertCount(2, $queue->rejected);
    }

    public function testBatchesAreHandledTogetherAndAcknowledgedOneByOne(): void
    {
        $queue = new QueueInMemory(array_map(static fn(int $n) => new InBatch($n), range(1, 10)));
        $this->work($queue, new EventDispatcher(), 10, parallel: 2);
        $this->assertCount(9, $queue->acked);
        $this->assertSame([6], array_map(static fn(Envelope $envelope) => $envelope->getMessage()->number, $queue->rejected));
        // As long as nobody has seen a handler that takes batches, each is one; then they are what the handler says, or what is there.
        $sizes = array_map(static fn(string $note) => substr_count($note, ','), $this->notes());
        $this->assertSame(10, array_sum($sizes));
        $this->assertContains(4, $sizes);
        $this->assertLessThanOrEqual(4, max($sizes));
    }

    public function testLimitsHold(): void
    {
        $queue = new QueueInMemory(array_map(static fn(int $n) => new Order("n$n"), range(1, 9)));
        $this->work($queue, new EventDispatcher(), 99, limit: 5);
        $this->assertSame([5, 4], [count($queue->acked), count($queue->waiting)]);

        $queue = new QueueInMemory(array_map(static fn(int $n) => new Order("n$n", 'throw'), range(1, 20)));
        $events = new EventDispatcher();
        $events->addSubscriber(new StopWorkerOnFailureLimitListener(3));
        $this->work($queue, $events, 99, parallel: 2);
        $this->assertContains(count($queue->rejected), [3, 4, 5]);
        $this->assertSame(20 - count($queue->rejected), count($queue->waiting));
    }

    public function testWhatWasBegunIsFinishedWhenAReceiverFails(): void
    {
        $queue = new QueueInMemory([new Order('a'), new Order('b')]);
        $queue->failsAfter = 2;
        try {
            $this->work($queue, new EventDispatcher(), 99);
            $this->fail('it has failed');
        } catch (DomainException $lost) {
            $this->assertSame('the connection is lost', $lost->getMessage());
        }
        $this->assertCount(2, $queue->acked);
    }

    public function testAMessageThatATransportGivesAgainMeanwhileIsHandledOnce(): void
    {
        $queue = new QueueInMemory([new Order('a'), new Order('b'), new Order('c')]);
        $queue->givesAgain = true;
        $this->work($queue, new EventDispatcher(), 3);
        $this->assertCount(3, $queue->acked);
        $this->assertCount(3, $this->notes());
    }

    public function testTheCommandTakesTheOptionAndIsTheOldOneWithoutIt(): void
    {
        $run = function (array $options, array $messages): array {
            $queue = new QueueInMemory($messages);
            $events = new EventDispatcher();
            $command = new ConsumeCommand(new RoutableMessageBus(locator([]), $this->bus()), locator(['queue' => $queue]), $events, null, ['queue']);
            $tester = new CommandTester($command);
            $code = $tester->execute($options + ['receivers' => ['queue'], '--time-limit' => '1', '--sleep' => '0.05']);
            return [$code, $queue, $tester->getDisplay(), $command->getName()];
        };
        $messages = static fn() => [new Order('a'), new Order('b'), new Order('c')];
        [$code, $queue, $display, $name] = $run(['--parallel' => '2', '--limit' => '2'], $messages());
        $this->assertSame([0, 2, 1, 'messenger:consume'], [$code, count($queue->acked), count($queue->waiting), $name]);
        $this->assertStringContainsString('2 at once', $display);
        [, $queue] = $run(['--limit' => '2'], $messages());
        $this->assertSame(2, count($queue->acked));
        $this->assertStringEndsWith(' ' . getmypid(), $this->notes()[3]);
        foreach ([['--parallel' => '0'], ['--parallel' => 'x'], ['--parallel' => '2', '--timeout' => '-1'], ['--parallel' => '2', 'receivers' => ['other']]] as $wrong) {
            try {
                $run($wrong, []);
                $this->fail(json_encode($wrong));
            } catch (Symfony\Component\Console\Exception\ExceptionInterface $error) {
                $this->assertNotSame('', $error->getMessage());
            }
        }
    }

    public function testTheCommandStopsOnSigterm(): void
    {
        $queue = new QueueInMemory([new Order('a')]);
        $events = new EventDispatcher();
        $events->addListener(WorkerMessageHandledEvent::class, static fn() => posix_kill(getmypid(), SIGTERM));
        $command = new ConsumeCommand(new RoutableMessageBus(locator([]), $this->bus()), locator(['queue' => $queue]), $events, null, ['queue']);
        $before = pcntl_signal_get_handler(SIGTERM);
        $this->assertSame(0, (new CommandTester($command))->execute(['receivers' => ['queue'], '--parallel' => '2', '--time-limit' => '60', '--sleep' => '30']));
        $this->assertSame([1, $before], [count($queue->acked), pcntl_signal_get_handler(SIGTERM)]);
    }
}
