<?php

declare(strict_types=1);

namespace Async\Bridge\Messenger;

use Async\Bridge\Remote\{Classes, Throwables};
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Exception\HandlerFailedException;
use Symfony\Component\Messenger\MessageBusInterface;
use Symfony\Component\Messenger\Stamp\{AckStamp, ConsumedByWorkerStamp, FlushBatchHandlersStamp, HandledStamp, NoAutoAckStamp, ReceivedStamp};

/**
 * What is done with messages in a child, and what the parent is told of it: plain values, whatever handlers return and throw.
 *
 * @internal
 *
 * @phpstan-type Outcome array{handled: list<array{string, string|null}>, error: array<string, mixed>|null, nested: array<array-key, array<string, mixed>>|null, batch: int|null}
 */
final class Handling
{
    /**
     * Several messages are one batch, for a handler that takes batches.
     *
     * @param array<int, array{Envelope, string}> $messages with the names of their transports
     *
     * @return array<int, Outcome>
     */
    public static function run(MessageBusInterface $bus, array $messages): array
    {
        $outcomes = $unacked = [];
        foreach ($messages as $number => [$envelope, $transport]) {
            $batch = null;
            $ack = static function (Envelope $envelope, ?\Throwable $error = null) use (&$outcomes, $number, &$batch): void {
                $outcomes[$number] = self::outcome($envelope, $error, $batch);
            };
            $error = null;
            try {
                $envelope = $bus->dispatch($envelope->with(new ReceivedStamp($transport), new ConsumedByWorkerStamp(), new AckStamp($ack)));
            } catch (\Throwable $error) {
            }
            $stamp = $envelope->last(NoAutoAckStamp::class);
            if ($stamp !== null) {
                $batch = self::batchSize($stamp->getHandlerDescriptor()->getBatchHandler());
                $unacked[spl_object_id($stamp->getHandlerDescriptor()->getBatchHandler())] = [$number, $envelope->withoutAll(AckStamp::class)];
                if (isset($outcomes[$number])) {
                    $outcomes[$number]['batch'] = $batch;
                }
            } elseif (!isset($outcomes[$number])) {
                $outcomes[$number] = self::outcome($envelope, $error, null);
            }
            unset($batch);
        }
        foreach ($unacked as [$number, $envelope]) {
            try {
                $bus->dispatch($envelope->with(new FlushBatchHandlersStamp(true)));
            } catch (\Throwable $error) {
                $outcomes[$number] ??= self::outcome($envelope, $error, null);
            }
        }
        return $outcomes;
    }

    /**
     * The envelope as the child has left it, as far as it matters for who looks at it next: which handlers have handled it. One that is
     * sent again goes to the others only.
     *
     * @param Outcome $outcome
     *
     * @return array{Envelope, \Throwable|null}
     */
    public static function restore(Envelope $envelope, array $outcome): array
    {
        foreach ($outcome['handled'] as [$name, $result]) {
            $envelope = $envelope->with(new HandledStamp($result === null ? null : unserialize($result), $name));
        }
        $any = Classes::any();
        $error = match (true) {
            $outcome['nested'] !== null => new HandlerFailedException($envelope, array_map(static fn(array $one) => Throwables::fromArray($one, $any), $outcome['nested'])),
            $outcome['error'] !== null => Throwables::fromArray($outcome['error'], $any),
            default => null,
        };
        return [$envelope, $error];
    }

    /**
     * @return Outcome
     */
    private static function outcome(Envelope $envelope, ?\Throwable $error, ?int $batch): array
    {
        $nested = null;
        if ($error instanceof HandlerFailedException) {
            $envelope = $error->getEnvelope();
            $nested = method_exists($error, 'getWrappedExceptions') ? $error->getWrappedExceptions() : $error->getNestedExceptions();
        }
        $handled = [];
        foreach ($envelope->all(HandledStamp::class) as $stamp) {
            $handled[] = [$stamp->getHandlerName(), self::written($stamp->getResult())];
        }
        return [
            'handled' => $handled,
            'error' => $error === null || $nested !== null ? null : Throwables::toArray($error),
            'nested' => $nested === null ? null : array_map(Throwables::toArray(...), $nested),
            'batch' => $batch,
        ];
    }

    /** What a handler has returned, if it can be sent. */
    private static function written(mixed $result): ?string
    {
        try {
            return $result === null ? null : serialize($result);
        } catch (\Throwable) {
            return null;
        }
    }

    private static function batchSize(object $handler): int
    {
        try {
            $method = new \ReflectionMethod($handler, 'getBatchSize'); // that of BatchHandlerTrait is private
            $method->setAccessible(true);
            return max(1, (int) $method->invoke($handler));
        } catch (\ReflectionException) {
            return 10;
        }
    }
}
