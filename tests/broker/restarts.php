<?php

declare(strict_types=1);

use Async\Bridge\{BrokerException, RemotePool};

require_once __DIR__ . '/remote_pool.php';

/** A free port of loopback. */
function free_port(): int
{
    $free = stream_socket_server('tcp://127.0.0.1:0');
    return (int) explode(':', stream_socket_get_name($free, false))[1];
}

/** A Redis that can be stopped and started, with what it has on disk or with nothing: its port. */
function redis_with_port(bool $keeps): int
{
    $folder = service($keeps ? 'redis-kept' : 'redis-lost', fn (string $folder) => [
        '/usr/bin/redis-server', '--port', (string) port($folder), '--bind', '127.0.0.1', '--save', '', '--dir', $folder, ...($keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []),
    ]);
    patiently($folder, fn () => (new Redis())->connect('127.0.0.1', port($folder)) ?: throw new LogicException('Redis does not answer'));
    return port($folder);
}

/**
 * @param callable(int): void $stop ends the broker by a signal
 * @param int $once the signal where it is ended once
 */
function tasks_over_restarts(string $queue, callable $stop, callable $start, int $once = SIGKILL): void
{
    // A broker takes its time to start.
    [$count, $signals] = getenv('BROKER_LONG') ? [1000, [SIGTERM, SIGKILL]] : [100, [$once]];
    $keys = array_map(fn (int $n) => "count n$n", range(1, $count));
    $pool = RemotePool::create(remote_broker(), $queue)->sign(KEY)->patience(120);
    $calls = 0;
    foreach ($keys as $key) {
        $pool[$key] = new Job($key);
        $pool[$key]->then(function () use (&$calls): void {
            $calls++;
        });
    }
    $program = remote_worker($queue, ['REMOTE_KEY' => KEY, 'CLAIM_AFTER' => 2], '--workers=3');
    foreach ($signals as $part => $signal) {
        until('some results', function () use ($pool, &$calls, $count, $part): bool {
            $pool->tick();
            return $calls > $count / 3 * $part + $count / 10;
        });
        $stop($signal);
        // The pool tries meanwhile, and the workers are started again and again.
        $starting = Async\async(static function () use ($start): void {
            usleep(200_000); // away for some tries at least
            $start();
        });
        $before = $calls;
        until('a result more', function () use ($pool, &$calls, $before): bool {
            $pool->tick();
            return $calls > $before;
        }, 120);
        $starting->await();
    }
    $values = $pool->await(120);
    expect('each key has its result, once, in order', $values === array_combine($keys, array_map(fn (string $key) => "done $key", $keys)) && $calls === $count, [count($values), $calls]);
    $done = array_sum(array_map(count(...), $program->notes('done')));
    printf("     %d tasks, the broker ended %d times, the last time by signal %d, and started; %d were done twice\n", $count, count($signals), end($signals), $done - $count);

    // Whoever waits is told, when it is away for longer than that; and can wait again.
    $pool->patience(0.3)->clearFinished();
    $pool['later'] = new Behave('give', 'later');
    $stop(SIGTERM);
    try {
        $pool->await(60);
        expect('a broker that stays away is told', false);
    } catch (BrokerException $error) {
        expect('a broker that stays away is told', $error->exitCode === BrokerException::AWAY && str_contains($error->getMessage(), 'is not there'), (string) $error);
    }
    $start();
    $pool->patience(120);
    expect('and when it is there again, so is the result', $pool->await(120) === ['later' => 'later']);
    $pool->close();
    expect('the workers end as drained', ($code = $program->stop()) === 0, [$code, $program->log()]);
}

function restarts(string $name): void
{
    global $parts;
    if ($name === 'rabbitmq') {
        $parts['rabbitmq, stopped and started while tasks are out'] = static function () use ($name): void {
            remote_select($name);
            // One that is killed within a second of the quorum queue's declaration lets nobody consume from that for more than a
            // minute when it is there again: INTERNAL_ERROR.
            tasks_over_restarts('pool-restart', fn (int $signal) => stop_service('rabbitmq', $signal), fn () => rabbitmq()->close(), SIGTERM);
        };
        $parts['rabbitmq, results that are lost with their queue'] = static function () use ($name): void {
            remote_select($name);
            $pool = RemotePool::create(remote_broker(), 'pool-lost');
            foreach (range(1, 5) as $n) {
                $pool[$n] = new Behave('give', $n);
            }
            $pool->tick();
            $sender = (new ReflectionProperty($pool, 'sender'))->getValue($pool);
            $unconfirmed = new ReflectionProperty($sender, 'unconfirmed');
            until('the broker has confirmed all', static function () use ($pool, $sender, $unconfirmed): bool {
                $pool->tick();
                return $unconfirmed->getValue($sender) === [];
            });
            // The connection is lost, so that results wait in the queue; and the queue is deleted, as it is when nobody has used it for long.
            stream_socket_shutdown((new ReflectionProperty($sender, 'connection'))->getValue($sender)->getIO()->getSocket(), STREAM_SHUT_RDWR);
            $program = remote_worker('pool-lost', [], '--workers=2');
            ready($sender->address(), 5);
            $channel = connect('test')->channel();
            $channel->queue_delete($sender->address());
            $channel->getConnection()->close();
            expect('they are done once more', $pool->await(60) === [1 => 1, 2, 3, 4, 5]);
            $pool->close();
            expect('the workers end as drained', ($code = $program->stop()) === 0, [$code, $program->log()]);
        };
        return;
    }
    foreach (['that keeps all on disk' => true, 'that keeps nothing' => false] as $how => $keeps) {
        $parts["redis $how, stopped and started while tasks are out"] = static function () use ($keeps): void {
            putenv('REMOTE_BROKER=redis-port ' . redis_with_port($keeps));
            tasks_over_restarts('pool-restart', fn (int $signal) => stop_service($keeps ? 'redis-kept' : 'redis-lost', $signal), fn () => redis_with_port($keeps));
        };
    }
    $parts['redis, results whose way is cut'] = static function () use ($name): void {
        remote_select($name);
        $pool = RemotePool::create(remote_broker(), 'pool-lost');
        foreach (range(1, 5) as $n) {
            $pool[$n] = new Behave('give', $n);
        }
        $pool->tick();
        $program = remote_worker('pool-lost', [], '--workers=2');
        $redis = new Redis();
        $redis->connect(redis());
        $address = (new ReflectionProperty($pool, 'sender'))->getValue($pool)->address();
        until('all results', fn () => $redis->lLen($address) === 5);
        // As if the pool had taken them, and its connection had been cut before they were there.
        $redis->rawCommand('LPOP', $address, '3');
        $redis->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        expect('those are done once more, and no others', $pool->await(60) === [1 => 1, 2, 3, 4, 5] && count($program->notes('begun')['give']) === 8, $program->notes('begun'));
        $pool->close();
        expect('the workers end as drained', ($code = $program->stop()) === 0, [$code, $program->log()]);
    };
}
