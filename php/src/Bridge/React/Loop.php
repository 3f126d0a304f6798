<?php

declare(strict_types=1);

namespace Async\Bridge\React;

use Async\Bridge\Internal\Loop as Contract;
use Async\Bridge\Internal\Waiters;
use React\EventLoop\LoopInterface;

/**
 * @internal
 */
final class Loop implements Contract
{
    /** @var \WeakReference<LoopInterface> */
    private readonly \WeakReference $loop;

    private function __construct(LoopInterface $loop)
    {
        $this->loop = \WeakReference::create($loop);
    }

    public static function waiters(LoopInterface $loop): Waiters
    {
        return Waiters::of($loop, static fn() => new self($loop));
    }

    public function watch(mixed $stream, \Closure $readable): void
    {
        $this->loop->get()?->addReadStream($stream, static fn() => $readable());
    }

    public function unwatch(mixed $stream): void
    {
        $this->loop->get()?->removeReadStream($stream);
    }

    public function queue(\Closure $job): void
    {
        $this->loop->get()?->futureTick($job);
    }
}
