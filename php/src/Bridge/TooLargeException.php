<?php

declare(strict_types=1);

namespace Async\Bridge;

use Async\AsyncException;

/**
 * A task or a result that is too large for a message. A broker is no place for large values: leave them in a store that both
 * sides reach, and send their name.
 */
final class TooLargeException extends AsyncException
{
    /** How many bytes it takes. */
    public readonly int $bytes;

    /** How many a message may have. */
    public readonly int $limit;

    public static function of(string $what, int $bytes, int $limit): self
    {
        $self = new self("$what takes $bytes bytes, and a message may have $limit: put it into a store that both sides reach, and send its name");
        $self->bytes = $bytes;
        $self->limit = $limit;
        return $self;
    }
}
