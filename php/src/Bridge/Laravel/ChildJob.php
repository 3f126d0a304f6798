<?php

declare(strict_types=1);

namespace Async\Bridge\Laravel;

use Illuminate\Container\Container;
use Illuminate\Contracts\Queue\Job as JobContract;
use Illuminate\Queue\Jobs\Job;

/**
 * A job as it is in a child: what becomes of it is noted, and done by the parent, whose the connection is.
 *
 * @internal
 */
final class ChildJob extends Job implements JobContract
{
    private int $delay = 0;
    private ?\Throwable $failure = null;

    public function __construct(Container $container, private readonly JobContract $job)
    {
        $this->container = $container;
        $this->connectionName = $job->getConnectionName();
        $this->queue = $job->getQueue();
    }

    public function getJobId()
    {
        return $this->job->getJobId();
    }

    public function getRawBody()
    {
        return $this->job->getRawBody();
    }

    public function attempts()
    {
        return $this->job->attempts();
    }

    public function release($delay = 0)
    {
        parent::release($delay);
        $this->delay = $delay instanceof \DateTimeInterface ? max(0, $delay->getTimestamp() - time()) : (int) $delay;
    }

    public function fail($e = null)
    {
        $this->markAsFailed();
        if (!$this->isDeleted()) {
            $this->delete();
            $this->failure = $e instanceof \Throwable ? $e : new \RuntimeException($e === null ? 'The job has failed without saying why.' : (string) $e);
        }
    }

    public function delay(): int
    {
        return $this->delay;
    }

    public function failure(): ?\Throwable
    {
        return $this->failure;
    }
}
