<?php

declare(strict_types=1);

namespace Async\Bridge\Laravel;

use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Support\ServiceProvider;

/**
 * Found by Laravel itself, as composer.json names it.
 */
final class AsyncServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(ParallelWorker::class, static fn($app) => new ParallelWorker(
            $app['queue'],
            $app['events'],
            $app[ExceptionHandler::class],
            static fn() => $app->isDownForMaintenance(),
        ));
        $this->app->singleton(WorkCommand::class, static fn($app) => new WorkCommand($app[ParallelWorker::class], $app['cache.store']));
        $this->commands([WorkCommand::class]);
    }
}
