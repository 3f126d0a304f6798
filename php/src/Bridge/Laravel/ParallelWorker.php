<?php

declare(strict_types=1);

namespace Async\Bridge\Laravel;

use Async\Bridge\Remote\{Classes, Throwables};
use Async\{Future, Pool, TimeoutException};
use Illuminate\Container\Container;
use Illuminate\Contracts\Queue\Job;
use Illuminate\Queue\Events\{JobAttempted, JobTimedOut};
use Illuminate\Queue\{Worker, WorkerOptions};

/**
 * Laravel's queue worker, with a child for each job, several at once. Queues, attempts, failed jobs, events and limits are Laravel's own, and in
 * this process; a child runs the job.
 */
final class ParallelWorker extends Worker
{
    private int $parallel = 8;
    private int $number = 0;
    private ?Pool $pool = null;
    private ?Container $container = null;

    /** @var array<int, array{Job, string, WorkerOptions, Future<mixed>}> */
    private array $running = [];

    /** @var list<object> what a child must not touch, nor let go: its end would tell the server */
    private static array $parents = [];

    /**
     * @return $this
     */
    public function parallel(int $jobs): self
    {
        $this->parallel = $jobs >= 1 ? $jobs : throw new \ValueError("The number of parallel jobs must be at least 1, $jobs given");
        return $this;
    }

    /**
     * @return $this
     */
    public function container(Container $container): self
    {
        $this->container = $container;
        return $this;
    }

    public function runNextJob($connectionName, $queue, WorkerOptions $options)
    {
        parent::runNextJob($connectionName, $queue, $options);
        $this->drain();
    }

    public function stop($status = 0, $options = null, ...$more)
    {
        $this->drain();
        return parent::stop($status, $options, ...$more);
    }

    /** Is woken by children that end. */
    public function sleep($seconds)
    {
        $end = microtime(true) + $seconds;
        while (!$this->shouldQuit && ($left = $end - microtime(true)) > 0) {
            $this->settle(min(1.0, $left));
        }
    }

    protected function getNextJob($connection, $queue)
    {
        while (count($this->running) >= $this->parallel) {
            if ($this->shouldQuit) {
                return null;
            }
            $this->settle(1.0);
        }
        $this->settle(0.0);
        return parent::getNextJob($connection, $queue);
    }

    /** The time limit is the child's. */
    protected function registerTimeoutHandler(...$arguments)
    {
    }

    protected function resetTimeoutHandler()
    {
    }

    /** What Worker::process() does, up to the job, and no waiting for it. */
    protected function runJob($job, $connectionName, WorkerOptions $options)
    {
        try {
            $this->raiseBeforeJobEvent($connectionName, $job);
            $this->markJobAsFailedIfAlreadyExceedsMaxAttempts($connectionName, $job, (int) $options->maxTries);
            if ($job->isDeleted()) {
                $this->raiseAfterJobEvent($connectionName, $job);
                return;
            }
            $this->start($job, $connectionName, $options);
        } catch (\Throwable $error) {
            $this->fail($job, $connectionName, $options, $error);
        }
    }

    private function start(Job $job, string $connectionName, WorkerOptions $options): void
    {
        $this->pool ??= Pool::create();
        $this->pool->concurrency($this->parallel);
        $container = $this->container ?? Container::getInstance();
        $number = ++$this->number;
        $future = $this->pool->add(static fn() => self::inChild($container, $job), $number);
        $limit = $this->timeoutForJob($job, $options);
        if ($limit > 0) {
            $future->timeout((float) $limit);
        }
        $this->running[$number] = [$job, $connectionName, $options, $future];
    }

    /**
     * @return array{deleted: bool, released: int|null, failed: array<string, mixed>|null, error: array<string, mixed>|null}
     */
    private static function inChild(Container $container, Job $job): array
    {
        self::leaveConnections($container);
        $child = new ChildJob($container, $job);
        $error = null;
        try {
            $child->fire();
        } catch (\Throwable $error) {
        }
        return [
            'deleted' => $child->isDeleted(),
            'released' => $child->isReleased() ? $child->delay() : null,
            'failed' => $child->hasFailed() && $child->failure() !== null ? Throwables::toArray($child->failure()) : null,
            'error' => $error === null ? null : Throwables::toArray($error),
        ];
    }

    /**
     * Lets Laravel's managers open connections anew. The parent's are kept, as an object that is destroyed says goodbye on the parent's socket.
     */
    private static function leaveConnections(Container $container): void
    {
        foreach (['db' => 'connections', 'redis' => 'connections', 'queue' => 'connections', 'cache' => 'stores'] as $name => $property) {
            if (!$container->bound($name) || !$container->resolved($name)) {
                continue;
            }
            $manager = $container->make($name);
            if (property_exists($manager, $property)) {
                $reflection = new \ReflectionProperty($manager, $property);
                $reflection->setAccessible(true);
                self::$parents[] = (array) $reflection->getValue($manager);
                $reflection->setValue($manager, []);
            }
        }
        foreach (['cache.store', 'queue.connection'] as $name) {
            if ($container->bound($name) && $container->resolved($name)) {
                self::$parents[] = $container->make($name);
                $container->forgetInstance($name);
            }
        }
    }

    private function settle(float $seconds): void
    {
        $futures = array_map(static fn(array $one) => $one[3], $this->running);
        if ($futures === []) {
            usleep((int) ($seconds * 1e6));
            return;
        }
        $ended = \Async\select($futures, 0.0);
        if ($ended === [] && $seconds > 0) {
            // Not select() with a time: a signal ends this.
            $read = [$this->pool->stream()];
            $none = null;
            @stream_select($read, $none, $none, (int) $seconds, (int) (fmod($seconds, 1.0) * 1e6));
            $ended = \Async\select($futures, 0.0);
        }
        foreach (array_keys($ended) as $number) {
            [$job, $connectionName, $options, $future] = $this->running[$number];
            unset($this->running[$number], $this->pool[$number]);
            $this->finish($job, $connectionName, $options, $future);
        }
    }

    private function drain(): void
    {
        while ($this->running !== []) {
            $this->settle(1.0);
        }
    }

    private function finish(Job $job, string $connectionName, WorkerOptions $options, Future $future): void
    {
        $error = null;
        try {
            $outcome = $future->await();
            if ($outcome['failed'] !== null) {
                $job->fail(Throwables::fromArray($outcome['failed'], Classes::any()));
            } elseif ($outcome['released'] !== null) {
                $job->release($outcome['released']);
            } elseif ($outcome['deleted']) {
                $job->delete();
            }
            if ($outcome['error'] !== null) {
                throw Throwables::fromArray($outcome['error'], Classes::any());
            }
            $this->raiseAfterJobEvent($connectionName, $job);
        } catch (\Throwable $error) { // of the job, or the child has died, or its time was over
            if ($error instanceof TimeoutException && !$job->hasFailed()) {
                if (class_exists(JobTimedOut::class)) { // since Laravel 9
                    $this->events->dispatch(new JobTimedOut($connectionName, $job, $this->timeoutForJob($job, $options)));
                }
                $this->markJobAsFailedIfItShouldFailOnTimeout($connectionName, $job, $error);
            }
            $this->fail($job, $connectionName, $options, $error);
        } finally {
            if (class_exists(JobAttempted::class)) { // since Laravel 11
                $this->events->dispatch(new JobAttempted($connectionName, $job, $error));
            }
        }
    }

    private function fail(Job $job, string $connectionName, WorkerOptions $options, \Throwable $error): void
    {
        try {
            $this->handleJobException($connectionName, $job, $options, $error); // throws it again
        } catch (\Throwable $error) {
            $this->exceptions->report($error);
        }
    }
}
