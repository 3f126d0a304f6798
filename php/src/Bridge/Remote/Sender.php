<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\BrokerException;

/**
 * The side of a pool.
 */
interface Sender
{
    /**
     * Where results are sent to: the same one after {@see reconnect()}.
     */
    public function address(): string;

    /**
     * Sends a task. The broker may confirm it later.
     *
     * @throws BrokerException
     */
    public function send(string $id, string $body): void;

    /**
     * The results that have come. Waits for the first one.
     *
     * @return list<string>
     *
     * @throws BrokerException
     */
    public function receive(float $timeout): array;

    /**
     * Opens a connection again.
     *
     * @param \Closure(string): void $resend is called with the number of each task that the broker has not confirmed
     *
     * @throws BrokerException
     */
    public function reconnect(\Closure $resend): void;

    /**
     * No more results are waited for.
     */
    public function close(): void;
}
