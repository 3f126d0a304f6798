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
     * @param list<string> $sent the numbers of all tasks that were sent, and whose results are waited for
     *
     * @return list<string> those to send again, unless {@see receive()} gives their results: the broker may not have them, or the results are lost
     *
     * @throws BrokerException
     */
    public function reconnect(array $sent): array;

    /**
     * No result of this task is waited for any more.
     */
    public function forget(string $id): void;

    /**
     * No more results are waited for.
     */
    public function close(): void;
}
