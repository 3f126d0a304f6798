<?php

declare(strict_types=1);

namespace Async\Bridge;

use Async\AsyncException;

/**
 * The broker cannot be used. No message has a password in it, and none has a previous exception, whose trace might.
 */
final class BrokerException extends AsyncException
{
    /** It does not answer, or the connection is lost. Later it may be there. */
    public const AWAY = 69;

    /** It does not let this user in. */
    public const REFUSED = 77;

    /** It does not do what it is asked: a queue that exists with other arguments, an old version, no client library. */
    public const MISUSED = 78;

    /**
     * @param self::* $exitCode for a program that ends by this: those of sysexits.h
     */
    public function __construct(string $message, public readonly int $exitCode)
    {
        parent::__construct($message);
    }
}
