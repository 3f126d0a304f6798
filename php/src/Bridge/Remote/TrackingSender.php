<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

/**
 * What the senders of both brokers have: an address for results, and which tasks have to be sent again after a connection was lost.
 *
 * @internal
 */
abstract class TrackingSender implements Sender
{
    protected readonly string $address;
    private readonly int $pid;

    /** @var array<string, true> tasks that were sent, and of which the broker has not said that it has them */
    protected array $unconfirmed = [];

    /** @var array<string, true> tasks that are to be sent again */
    private array $missing = [];

    public function __construct(protected readonly string $queue)
    {
        $this->address = "$queue.results." . bin2hex(random_bytes(12));
        $this->pid = (int) getmypid();
        $this->open();
    }

    public function address(): string
    {
        return $this->address;
    }

    public function send(string $id, string $body): void
    {
        unset($this->missing[$id]);
        $this->unconfirmed[$id] = true;
        $this->publish($id, $body);
    }

    public function reconnect(array $sent): array
    {
        $this->leave();
        // They are kept until they are sent: this connection may be lost as well.
        $this->missing += $this->unconfirmed;
        $this->unconfirmed = [];
        $this->open();
        $this->missing += array_fill_keys($this->lost($sent), true);
        return array_map(strval(...), array_keys(array_intersect_key($this->missing, array_flip($sent))));
    }

    public function forget(string $id): void
    {
        unset($this->unconfirmed[$id], $this->missing[$id]);
    }

    public function close(): void
    {
        if ($this->pid !== getmypid()) {
            return; // a copy, in a task: the socket is the parent's
        }
        try {
            $this->clear();
        } catch (\Throwable) {
            // The broker deletes the results when nobody has asked for them for a while.
        }
        $this->leave();
    }

    abstract protected function open(): void;

    /**
     * Forgets a connection, without a word to the broker.
     */
    abstract protected function leave(): void;

    /**
     * Takes the results away, and closes the connection.
     */
    abstract protected function clear(): void;

    abstract protected function publish(string $id, string $body): void;

    /**
     * @param list<string> $sent
     *
     * @return list<string> those of which the broker has neither the task nor the result; those that have a result by now may be among them
     */
    abstract protected function lost(array $sent): array;
}
