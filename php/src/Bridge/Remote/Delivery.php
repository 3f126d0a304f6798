<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

/**
 * A message that a worker was given.
 *
 * @internal
 */
final class Delivery
{
    /**
     * @param mixed $handle what the broker knows it by
     * @param int $deliveries how often it was given out, this time included
     */
    public function __construct(
        public readonly string $body,
        public readonly int $deliveries,
        public readonly mixed $handle,
    ) {
    }
}
