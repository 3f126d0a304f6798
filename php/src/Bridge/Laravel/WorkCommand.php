<?php

declare(strict_types=1);

namespace Async\Bridge\Laravel;

use Illuminate\Contracts\Cache\Repository;
use Illuminate\Queue\Console\WorkCommand as QueueWorkCommand;

/**
 * `async:work --parallel=8`, with the options of `queue:work`.
 */
final class WorkCommand extends QueueWorkCommand
{
    protected $description = 'Process jobs on the queue as a daemon, several at once, each in a child process';

    public function __construct(private readonly ParallelWorker $parallelWorker, Repository $cache)
    {
        $this->signature = preg_replace('/^\s*queue:work\b/', 'async:work', $this->signature)
            . ' {--parallel=8 : The number of jobs to process at once}';
        parent::__construct($parallelWorker, $cache);
    }

    protected function runWorker($connection, $queue)
    {
        $parallel = (string) $this->option('parallel');
        if ((string) (int) $parallel !== $parallel || (int) $parallel < 1) {
            $this->error("--parallel must be a number of jobs greater than 0, $parallel given");
            return 2;
        }
        $this->parallelWorker->parallel((int) $parallel)->container($this->laravel);
        return parent::runWorker($connection, $queue);
    }
}
