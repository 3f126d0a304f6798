<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\BrokerException;

/**
 * The side of a worker. Every method throws a {@see BrokerException} when the connection is lost: the worker ends by it.
 */
interface Receiver
{
    /**
     * A message, or null when none has come in time.
     */
    public function receive(float $timeout): ?Delivery;

    /**
     * Sends the result to whom the task came from, and takes the task out of the queue, in this order.
     *
     * @return bool false: nobody waits for it any more
     */
    public function finish(Delivery $delivery, string $address, string $result): bool;

    /**
     * Gives the message to another worker.
     */
    public function requeue(Delivery $delivery): void;

    /**
     * Puts the message to the dead letters.
     *
     * @param string|null $address who gets $result; null: nobody
     */
    public function bury(Delivery $delivery, string $why, ?string $address = null, string $result = ''): void;

    /**
     * Tells the broker that the worker lives, while it has a message. To be called about once a second.
     */
    public function keepAlive(?Delivery $delivery): void;

    public function close(): void;
}
