<?php

declare(strict_types=1);

namespace Async\Bridge\Internal;

/**
 * What is asked of an event loop.
 *
 * @internal
 */
interface Loop
{
    /**
     * Calls $readable whenever the stream is readable. The loop does not end meanwhile.
     *
     * @param resource $stream
     * @param \Closure(): void $readable
     */
    public function watch(mixed $stream, \Closure $readable): void;

    /**
     * @param resource $stream
     */
    public function unwatch(mixed $stream): void;

    /**
     * Calls $job soon, in a turn of the loop of its own.
     *
     * @param \Closure(): void $job
     */
    public function queue(\Closure $job): void;
}
