<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\BrokerException;

/**
 * Where a broker is. It has no connection: each process opens its own.
 */
interface Broker
{
    /**
     * A connection that tasks are sent over, and results come back.
     *
     * @throws BrokerException
     */
    public function sender(string $queue): Sender;

    /**
     * A connection that tasks are taken from.
     *
     * @param string $name of the worker: no other one that runs has it, and the one that takes its place does
     * @param bool $takes false: it connects, and is given nothing
     *
     * @throws BrokerException
     */
    public function receiver(string $queue, string $name, bool $takes): Receiver;
}
