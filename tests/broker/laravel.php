<?php

declare(strict_types=1);

use Illuminate\Container\Container;
use Illuminate\Queue\Connectors\RedisConnector;
use Illuminate\Queue\QueueManager;
use Illuminate\Redis\RedisManager;

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/../support/illuminate.php';
require_once __DIR__ . '/children.php';

/** @return array{Container, QueueManager} */
function laravel_queue(string $socket): array
{
    $container = new Container();
    Container::setInstance($container);
    $container->instance('config', ['queue.default' => 'redis', 'queue.connections.redis' => ['driver' => 'redis', 'queue' => 'default', 'retry_after' => 5]]);
    $container->singleton('redis', static fn() => new RedisManager($container, 'phpredis', ['default' => ['host' => $socket, 'port' => 0]]));
    $manager = new QueueManager($container);
    $manager->addConnector('redis', static fn() => new RedisConnector($container->make('redis')));
    $container->instance('queue', $manager);
    return [$container, $manager];
}

function laravel(string $socket): void
{
    global $parts, $workers, $period;
    if (!class_exists(QueueManager::class) || !class_exists(RedisManager::class) || !class_exists(Illuminate\Events\Dispatcher::class)) {
        echo "skip laravel: needs php-illuminate-queue, php-illuminate-redis, php-illuminate-events (make services)\n";
        return;
    }
    $parts['redis, async:work'] = static function () use ($socket, $workers, $period): void {
        $some = bodies_for_children();
        $queue = static fn() => laravel_queue($socket)[1]->connection('redis'); // a new one: connections are cut
        foreach ($some as $number => $body) {
            $all ??= $queue();
            $all->pushRaw(json_encode(['id' => "id-$number", 'uuid' => "id-$number", 'displayName' => 'LaravelBody', 'job' => 'LaravelBody@handle', 'data' => $body, 'attempts' => 0]));
        }
        $program = new Program('', '', ['REDIS_HOST' => $socket, 'SLOTS' => (string) $workers], [__DIR__ . '/laravel_worker.php']);
        storm_of_children($program, $some, $period, $workers, static fn() => $queue()->size() === 0);
    };
}
