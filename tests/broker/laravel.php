<?php

declare(strict_types=1);

use Illuminate\Container\Container;
use Illuminate\Queue\Connectors\RedisConnector;
use Illuminate\Queue\QueueManager;
use Illuminate\Redis\RedisManager;

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/../support/illuminate.php';

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
    global $parts, $bodies, $workers, $period;
    if (!class_exists(QueueManager::class) || !class_exists(RedisManager::class) || !class_exists(Illuminate\Events\Dispatcher::class)) {
        echo "skip laravel: needs php-illuminate-queue, php-illuminate-redis, php-illuminate-events (make services)\n";
        return;
    }
    $parts['redis, async:work'] = static function () use ($socket, $bodies, $workers, $period): void {
        $some = array_map(static fn(string $body) => str_replace(' late', '', $body), array_slice($bodies, 0, intdiv(count($bodies), 8)));
        [, $manager] = laravel_queue($socket);
        $queue = $manager->connection('redis');
        foreach ($some as $number => $body) {
            $queue->pushRaw(json_encode(['id' => "id-$number", 'uuid' => "id-$number", 'displayName' => 'LaravelBody', 'job' => 'LaravelBody@handle', 'data' => $body, 'attempts' => 0]));
        }
        $program = new Program('', '', ['REDIS_HOST' => $socket, 'SLOTS' => (string) $workers], [__DIR__ . '/laravel_worker.php']);
        $kills = 0;
        $isRestarted = false;
        $next = hrtime(true);
        until('all are done', static function () use ($program, $some, $period, &$kills, &$isRestarted, &$next): bool {
            if (hrtime(true) < $next) {
                return false;
            }
            $next = hrtime(true) + intdiv($period, 2) * 1_000_000;
            $done = count($program->notes('done'));
            if (!$isRestarted && $done > count($some) / 2) {
                $isRestarted = true;
                $program->killAll();
                $program->start();
            } elseif ($kills < count($some) / 4 && $children = $program->children()) {
                $program->kill($children[mt_rand(0, count($children) - 1)]);
                $kills++;
            }
            return $done === count($some) && $isRestarted;
        });
        until('none is left', static fn() => $queue->size() === 0);
        $code = $program->stop();
        $done = array_sum(array_map(count(...), $program->notes('done')));
        $crashes = count(glob("$program->ledger/crash-*"));
        printf("     %d jobs, %d children killed by the test and %d by themselves, the worker once; %d duplicates\n", count($some), $kills, $crashes, $done - count($some));
        expect('each job is done at least once', array_diff($some, array_keys($program->notes('done'))) === []);
        expect('duplicates are no more than processes that died', $done - count($some) <= $kills + $crashes + $workers, [$done, $kills, $crashes]);
        expect('it ends as drained', $code === 0, [$code, $program->log()]);
    };
}
