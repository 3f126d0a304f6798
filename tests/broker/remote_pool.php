<?php

declare(strict_types=1);

use Async\Bridge\{BrokerException, RefusedException, RemotePool, TooLargeException};
use Async\{NotSerializableException, ProcessDiedException, RemoteException, Status, TimeoutException};

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/remote_tasks.php';

const KEY = 'a key that is in no log';

/** async-worker with remote_worker.php. */
function remote_worker(string $queue, array $environment, string ...$options): Program
{
    return new Program('', '', $environment + ['REMOTE_QUEUE' => $queue, 'REMOTE_BROKER' => getenv('REMOTE_BROKER')],
        [dirname(__DIR__, 2) . '/php/bin/async-worker', '--backoff=0.02', '--max-backoff=0.1', '--health=LEDGER/health.json', ...$options, __DIR__ . '/remote_worker.php']);
}

/** The broker of which a part is: parts of both run in one process. */
function remote_select(string $name): void
{
    putenv('REMOTE_BROKER=' . ($name === 'rabbitmq' ? 'rabbitmq ' . getenv('AMQP_PORT') : 'redis ' . redis()));
}

function remote_pool(string $name): void
{
    global $parts, $bodies, $workers, $period, $share;
    $select = static fn() => remote_select($name);
    $redis = static function () {
        $redis = new Redis();
        $redis->connect(redis());
        return $redis;
    };
    $dead = $name === 'rabbitmq' ? static fn(string $queue, int $expected) => drained("$queue.dead", $expected)
        : static function (string $queue, int $expected) use ($redis): array {
            $found = [];
            until("$expected dead letters", function () use ($redis, $queue, $expected, &$found): bool {
                $found = array_column($redis()->xRange("$queue.dead", '-', '+') ?: [], 'body');
                return count($found) === $expected;
            });
            return $found;
        };
    $send = $name === 'rabbitmq' ? static function (string $queue, array $bodies): void {
            putenv('DELIVERY_LIMIT=20'); // that of the bridge
            publish($queue, $bodies);
            putenv('DELIVERY_LIMIT=3');
        }
        : static fn(string $queue, array $bodies) => array_map(fn($body) => $redis()->xAdd($queue, '*', ['body' => $body]), $bodies);
    $cut = $name === 'rabbitmq'
        ? static function (RemotePool $pool): void {
            $sender = (new ReflectionProperty($pool, 'sender'))->getValue($pool);
            stream_socket_shutdown((new ReflectionProperty($sender, 'connection'))->getValue($sender)->getIO()->getSocket(), STREAM_SHUT_RDWR);
        }
        : static function (RemotePool $pool) use ($redis): void {
            $redis()->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        };

    $parts["$name, a pool whose workers are killed"] = static function () use ($select, $bodies, $share, $workers, $period, $cut, $dead): void {
        $select();
        $some = array_map(static fn(string $body) => str_replace(' late', '', $body), array_slice($bodies, 0, (int) (count($bodies) * $share)));
        // The last ones wait until all has happened that is to happen.
        $some = array_map(static fn(string $body, int $n) => $n < count($some) * 7 / 8 ? $body : "$body late", $some, array_keys($some));
        $pool = RemotePool::create(remote_broker(), 'pool-storm')->sign(KEY);
        $results = [];
        foreach ($some as $body) {
            $pool[$body] = new Job($body);
            $pool[$body]->then(function (string $value) use ($body, &$results): void {
                $results[$body][] = $value;
            });
        }
        $program = remote_worker('pool-storm', ['REMOTE_KEY' => KEY, 'DELIVERY_LIMIT' => 20, 'CLAIM_AFTER' => 1], "--workers=$workers");
        $kills = $cuts = 0;
        $isRestarted = false;
        $next = hrtime(true);
        until('all results', function () use ($pool, $program, $some, $period, $cut, &$results, &$kills, &$cuts, &$isRestarted, &$next): bool {
            $pool->tick();
            if (hrtime(true) < $next) {
                return count($results) === count($some);
            }
            $next = hrtime(true) + $period * 1_000_000;
            if ($cuts === 2 && $isRestarted) {
                touch("$program->ledger/open");
            }
            if ($cuts < 2 && count($results) > count($some) / 3 * ($cuts + 1)) {
                $cuts++;
                $cut($pool);
            } elseif (!$isRestarted && count($results) > count($some) / 2) {
                $isRestarted = true;
                $program->killAll();
                $program->start();
            } elseif ($kills < count($some) / 4 && $program->states() !== [] && $children = $program->children()) { // not the one that looks whether all is well
                $program->kill($children[mt_rand(0, count($children) - 1)]);
                $kills++;
            }
            return count($results) === count($some);
        }, patience(count($some)));
        $values = $pool->await();
        $code = $program->stop();
        $done = array_sum(array_map(count(...), $program->notes('done')));
        $crashes = count(glob("$program->ledger/crash-*"));
        printf("     %d tasks, %d workers killed by the test, %d tasks by themselves, the supervisor once, the connection cut %d times; %d were done twice\n", count($some), $kills, $crashes, $cuts, $done - count($some));
        expect('there is exactly one result for each key, in order', array_keys($values) === $some && $values === array_combine($some, array_map(fn($body) => "done $body", $some)));
        expect('handlers run once', max(array_map(count(...), $results)) === 1);
        expect('done twice are only those whose process died', $done - count($some) <= $kills + $crashes + 3 * $workers && $cuts === 2 && $isRestarted, [$done, $kills, $crashes]);
        expect('it ends as drained, and none was given up', $code === 0 && $dead('pool-storm', 0) === [], $code);
        $pool->close();
    };

    $parts["$name, what becomes of tasks in a pool"] = static function () use ($select, $dead): void {
        $select();
        $program = remote_worker('pool-ends', [], '--workers=3');
        $make = static fn() => RemotePool::create(remote_broker(), 'pool-ends')->allow(NotFound::class, ArrayObject::class);
        $pool = $make();
        $pool['value'] = new Behave('give', ['a' => 1.5, 'b' => [null, true, "\0\"};"]]);
        $pool['object'] = new Behave('give', new ArrayObject([1, 2]));
        $pool['throw'] = new Behave('throw', 'b.png');
        $pool['unknown'] = new Behave('throw unknown');
        $pool['husk'] = new Behave('object');
        $pool['long'] = new Behave('sleep');
        $pool['long']->timeout(0.2);
        $pool['large'] = new Behave('large');
        $pool['too large there'] = new Behave('give', str_repeat('x', 150_000));
        $pool['closure'] = new Behave('closure');
        $pool['exit'] = new Behave('exit');
        $pool['handled'] = new Behave('throw', 'c.png');
        $pool['handled']->catch(fn(DomainException $other) => 'not this one')->catch(fn(NotFound $error) => "handled {$error->getMessage()}")->then(fn(string $value) => strtoupper($value));
        $order = [];
        foreach ($pool as $key => $future) {
            $order[] = $key;
        }
        $error = array_map(fn($future) => $future->error(), $pool->settle());
        expect('values come as they are', $pool['value']->await() === ['a' => 1.5, 'b' => [null, true, "\0\"};"]] && $pool['object']->await() == new ArrayObject([1, 2]));
        expect('foreach gives each once', count($order) === 11 && count(array_unique($order)) === 11 && end($order) !== 'value');
        $thrown = $error['throw'];
        expect('an exception comes as from a child', $thrown instanceof NotFound && $thrown->getMessage() === 'no b.png' && $thrown->getCode() === 7 && $thrown->details === ['by' => 'whoever']
            && basename($thrown->getFile()) === 'remote_tasks.php' && $thrown->getLine() > 30 && $thrown->getPrevious() instanceof DomainException && str_contains($thrown->getTraceAsString(), 'Behave->run'), (string) $thrown);
        expect('one of a class that is not allowed is a RemoteException', $error['unknown'] instanceof RemoteException && $error['unknown']->class === 'Unknown' && $error['unknown']->getMessage() === 'x', (string) $error['unknown']);
        expect('a value of a class that is not allowed is refused', $error['husk'] instanceof RefusedException && str_contains($error['husk']->getMessage(), 'class Plain'), (string) $error['husk']);
        expect('a time limit holds', $error['long'] instanceof TimeoutException && $pool['long']->status() === Status::TimedOut, (string) $error['long']);
        expect('a result that is too large is refused, with both sizes', $error['large'] instanceof TooLargeException && $error['large']->bytes > 200_000 && $error['large']->limit === 100_000 && str_contains($error['large']->getMessage(), '100000'), (string) $error['large']);
        expect('a task that is too large for the workers is refused, with both sizes', $error['too large there'] instanceof TooLargeException && $error['too large there']->bytes > 150_000 && $error['too large there']->limit === 100_000, (string) $error['too large there']);
        expect('what cannot be sent is said', $error['closure'] instanceof NotSerializableException && $error['closure']->type === 'Closure', (string) $error['closure']);
        expect('a task whose process dies each time is given up', $error['exit'] instanceof ProcessDiedException && $error['exit']->exitCode === 3 && count($program->notes('begun')['exit']) === 3, (string) $error['exit']);
        expect('both are in the dead letters, and the log says so', count($dead('pool-ends', 2)) === 2 && str_contains($program->log(), 'task exit (Behave) is given up, and is in pool-ends.dead'), $program->log());
        expect('handlers are called by the type', $pool['handled']->await() === 'HANDLED NO C.PNG' && $error['handled'] === null && $pool['handled']->status() === Status::Failed);
        $status = $pool->status();
        expect('it counts', $status === ['queued' => 0, 'running' => 0, 'finished' => 2, 'failed' => 8, 'timedOut' => 1, 'retries' => 0], $status);
        try {
            $pool['too large'] = new Behave('give', str_repeat('x', 9 << 20));
            expect('a task that is too large is refused', false);
        } catch (TooLargeException $tooLarge) {
            expect('a task that is too large is refused, with both sizes', $tooLarge->bytes > 9 << 20 && $tooLarge->limit === 8 << 20 && !isset($pool['too large']), $tooLarge->getMessage());
        }
        $pool->close();

        file_put_contents("$program->ledger/ledger", '');
        $pool = $make()->retry(3, 0.01);
        $pool[] = new Behave('at last');
        expect('what has failed is sent again', $pool->await(30) === ['at last'] && $pool[0]->attempts() === 3 && $pool->status()['retries'] === 2, $pool->status());
        $pool->close();

        $pool = $make();
        $pool['worker'] = new Behave('kill the worker');
        $lost = $pool->settle()['worker']->error();
        expect('one that kills its workers is given up, and the pool is told', $lost instanceof RefusedException && str_contains($lost->getMessage(), 'was given out 3 times') && count($program->notes('begun')['kill the worker']) === 3, (string) $lost);
        $dead('pool-ends', getenv('REMOTE_BROKER')[1] === 'a' ? 1 : 3);
        $pool->close();
        expect('it ends as drained', ($code = $program->stop()) === 0, $code);

        $pool = $make()->concurrency(1);
        $pool[] = new Behave('give', 1);
        $pool[] = new Behave('give', 2);
        $pool->tick();
        $before = $pool->status();
        try {
            $pool->await(0.05);
            expect('without workers', false);
        } catch (TimeoutException) {
            expect('without workers the time of the waiting is over, and concurrency() holds', $before['running'] === 1 && $before['queued'] === 1, $before);
        }
        $pool->cancel();
        expect('what is cancelled is left out', $pool->await() === [] && $pool[0]->status() === Status::Cancelled);
        $pool->close();
    };

    $parts["$name, messages that nobody may send"] = static function () use ($select, $send, $dead): void {
        $select();
        $program = remote_worker('pool-forged', ['REMOTE_KEY' => KEY], '--workers=1');
        $pools = [];
        foreach (['unsigned' => null, 'another key' => 'another key that is long enough'] as $key => $sign) {
            $pools[$key] = RemotePool::create(remote_broker(), 'pool-forged');
            $sign === null || $pools[$key]->sign($sign);
            $pools[$key][$key] = new Forbidden();
            $pools[$key]->tick();
        }
        $send('pool-forged', ['foreign', "async-remote-1 unsigned\n{}\nO:9:\"Forbidden\":0:{}", '']);
        $right = RemotePool::create(remote_broker(), 'pool-forged')->sign(KEY);
        $right['forbidden'] = new Forbidden();
        $right['inside'] = new Behave('give', [new Forbidden()]);
        $right['right'] = new Behave('give', 'right');
        $right->settle();
        expect('a class that is not allowed is refused, and the pool is told', $right['forbidden']->error() instanceof RefusedException && str_contains($right['forbidden']->error()->getMessage(), 'class Forbidden, which is not allowed')
            && $right['inside']->error() instanceof RefusedException, (string) $right['forbidden']->error());
        expect('the right one is done', $right['right']->await() === 'right');
        expect('all others are dead letters', count($dead('pool-forged', 7)) === 7);
        expect('nothing was made of them', !file_exists("$program->ledger/forbidden") && !file_exists("$program->ledger/forbidden-made"));
        expect('it ends as drained', ($code = $program->stop()) === 0, $code);
        $log = $program->log();
        expect('the log says why', str_contains($log, 'it is not signed') && str_contains($log, 'its signature is not that of a key of this side') && str_contains($log, 'it is foreign') && !str_contains($log, KEY), $log);
        foreach ([...$pools, $right] as $pool) {
            $pool->cancel()->close();
        }
    };

    $parts["$name, a broker that is not there"] = static function () use ($select, $name): void {
        $select();
        $kind = $name === 'rabbitmq' ? 'rabbitmq' : 'redis-port';
        $port = free_port();
        $away = ['REMOTE_BROKER' => "$kind $port nobody a-secret-word"];
        $wrong = ['REMOTE_BROKER' => $name === 'rabbitmq' ? 'rabbitmq ' . getenv('AMQP_PORT') . ' nobody a-secret-word' : "redis-port $port nobody a-secret-word"];
        $said = '';
        foreach (['away' => [69, $away], 'nothing is allowed' => [78, ['REMOTE_ALLOWS_NOTHING' => '1']]] as $what => [$expected, $environment]) {
            $program = remote_worker('pool-away', $environment);
            expect("$what: exit code $expected", ($code = $program->end()) === $expected, [$code, $program->log()]);
            $said .= $program->log();
        }
        putenv("REMOTE_BROKER={$away['REMOTE_BROKER']}");
        try {
            RemotePool::create(remote_broker(), 'pool-away')[] = new Behave('give');
            expect('a pool says so', false);
        } catch (BrokerException $error) {
            expect('a pool says so', $error->exitCode === BrokerException::AWAY && !str_contains((string) $error, 'a-secret-word') && $error->getPrevious() === null, (string) $error);
        }
        $server = $name === 'redis' ? redis_with_password((int) $port, 'another-secret') : null;
        $program = remote_worker('pool-away', $wrong);
        expect('a wrong password: exit code 77', ($code = $program->end()) === 77, [$code, $program->log()]);
        $said .= $program->log();
        if ($server !== null) {
            goes_away((int) $port, $server);
        }
        expect('no log has a password', !str_contains($said, 'a-secret-word') && !str_contains($said, 'another-secret'), $said);
    };
}

/** A server that can go away: a process. */
function redis_with_password(int $port, string $password)
{
    $log = ['file', '/dev/null', 'a'];
    $process = proc_open(['/usr/bin/redis-server', '--port', (string) $port, '--bind', '127.0.0.1', '--save', '', '--requirepass', $password, '--dir', getenv('BROKER_WORK')], [['file', '/dev/null', 'r'], $log, $log], $pipes);
    until('Redis', function () use ($port): bool {
        return (bool) @fsockopen('127.0.0.1', $port);
    });
    return $process;
}

/** Ends it while workers wait, and starts it again. */
function goes_away(int $port, $server): void
{
    putenv("REMOTE_BROKER=redis-port $port - another-secret");
    $program = remote_worker('pool-later', [], '--workers=2');
    $pool = RemotePool::create(remote_broker(), 'pool-later');
    $pool['before'] = new Behave('give', 1);
    expect('while it is there', $pool->await(30) === ['before' => 1]);
    proc_terminate($server, SIGKILL);
    proc_close($server);
    until('workers fail', fn() => substr_count($program->log(), 'is not there') >= 4);
    $server = redis_with_password($port, 'another-secret');
    $pool['after'] = new Behave('give', 2);
    expect('when it is there again, pool and workers go on', $pool->await(30) === ['before' => 1, 'after' => 2]);
    expect('it ends as drained', ($code = $program->stop()) === 0, $code);
    expect('it has not tried without pauses, and no log has a password', substr_count($program->log(), 'is not there') < 60 && !str_contains($program->log(), 'another-secret'), $program->log());
    $pool->close();
    proc_terminate($server);
    proc_close($server);
}
