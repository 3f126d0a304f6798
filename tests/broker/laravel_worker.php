<?php

declare(strict_types=1);

// Laravel's worker with children, over Laravel's own queue for Redis.

use Async\Bridge\Laravel\ParallelWorker;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Events\Dispatcher;
use Illuminate\Queue\WorkerOptions;

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/../support/illuminate.php';
require_once __DIR__ . '/laravel.php';

final class LaravelBody
{
    public function handle($job, string $body): void
    {
        Illuminate\Container\Container::getInstance()->make('redis')->connection()->incr('laravel-seen'); // a connection of its own
        (require __DIR__ . '/job.php')($body);
        $job->delete();
    }
}

[$container, $manager] = laravel_queue(getenv('REDIS_HOST'));
$events = new Dispatcher($container);
$container->instance(Illuminate\Contracts\Events\Dispatcher::class, $events);
$handler = new class implements ExceptionHandler {
    public function report(Throwable $e): void
    {
        fwrite(STDERR, $e::class . ": {$e->getMessage()}\n");
    }

    public function shouldReport(Throwable $e): bool
    {
        return true;
    }

    public function render($request, Throwable $e)
    {
    }

    public function renderForConsole($output, Throwable $e): void
    {
    }
};
$events->listen(Illuminate\Queue\Events\Looping::class, static function (): void {
    touch(getenv('BROKER_LEDGER') . '/ready-' . getmypid());
});
$options = new WorkerOptions();
foreach (['maxTries' => 0, 'backoff' => 0, 'sleep' => 0.05, 'timeout' => 60, 'memory' => 512] as $name => $value) {
    $options->$name = $value;
}
exit((new ParallelWorker($manager, $events, $handler, static fn() => false))->parallel((int) getenv('SLOTS'))->container($container)->daemon('redis', 'default', $options));
