<?php

declare(strict_types=1);

namespace Async\Bridge\Internal;

/**
 * How long something may wait.
 *
 * @internal
 */
final class Limit
{
    private readonly ?float $end;

    /**
     * @param string $function whose second argument, $timeout, this is
     *
     * @throws \ValueError when it is negative, or no number
     */
    public function __construct(string $function, ?float $seconds)
    {
        if ($seconds !== null && !($seconds >= 0.0)) {
            throw new \ValueError("$function(): Argument #2 (\$timeout) must be greater than or equal to 0");
        }
        $this->end = $seconds === null ? null : hrtime(true) / 1e9 + $seconds;
    }

    /**
     * The seconds that are left; null without a limit.
     */
    public function left(): ?float
    {
        return $this->end === null ? null : max(0.0, $this->end - hrtime(true) / 1e9);
    }
}
