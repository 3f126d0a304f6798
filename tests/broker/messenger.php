<?php

declare(strict_types=1);

use Symfony\Component\Messenger\Bridge\Redis\Transport\{Connection, RedisTransport};
use Symfony\Component\Messenger\{Envelope, Worker};

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/../support/messenger.php';

function messenger_transport(string $socket): RedisTransport
{
    $redis = new Redis();
    $redis->connect($socket);
    $options = ['stream' => 'messenger', 'group' => 'workers', 'consumer' => 'one', 'auto_setup' => true, 'delete_after_ack' => true, 'delete_after_reject' => true];
    return new RedisTransport(Connection::fromDsn('redis://localhost', $options, $redis));
}

function messenger(string $socket): void
{
    global $parts, $bodies, $workers, $period;
    if (!class_exists(Worker::class) || !class_exists(RedisTransport::class) || !class_exists(Symfony\Component\EventDispatcher\EventDispatcher::class)) {
        echo "skip messenger: needs php-symfony-messenger, php-symfony-event-dispatcher (make services)\n";
        return;
    }
    $parts['redis, messenger:consume --parallel'] = static function () use ($socket, $bodies, $workers, $period): void {
        $some = array_map(static fn(string $body) => str_replace(' late', '', $body), array_slice($bodies, 0, intdiv(count($bodies), 8)));
        $transport = messenger_transport($socket);
        foreach ($some as $body) {
            $transport->send(new Envelope(new Order($body)));
        }
        $program = new Program('', '', ['REDIS_HOST' => $socket, 'SLOTS' => (string) $workers], [__DIR__ . '/messenger_worker.php']);
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
            } elseif ($kills < count($some) / 4 && $children = $program->children()) { // on a loaded machine none would live long enough otherwise
                $program->kill($children[mt_rand(0, count($children) - 1)]);
                $kills++;
            }
            return $done === count($some) && $isRestarted;
        });
        $redis = new Redis();
        $redis->connect($socket);
        // Not the length of the stream: Messenger acknowledges and deletes in two commands, and may be killed in between.
        until('none is left', static function () use ($redis): bool {
            [$group] = $redis->xInfo('GROUPS', 'messenger');
            return $group['pending'] === 0 && $redis->xRange('messenger', "({$group['last-delivered-id']}", '+') === [];
        });
        $code = $program->stop();
        $done = array_sum(array_map(count(...), $program->notes('done')));
        $crashes = count(glob("$program->ledger/crash-*"));
        printf("     %d messages, %d children killed by the test and %d by themselves, the worker once; %d duplicates\n", count($some), $kills, $crashes, $done - count($some));
        expect('each message is handled at least once', array_diff($some, array_keys($program->notes('done'))) === []);
        expect('duplicates are no more than processes that died', $done - count($some) <= $kills + $crashes + $workers, [$done, $kills, $crashes]);
        expect('none is left, and it ends as drained', $code === 0 && $redis->xPending('messenger', 'workers')[0] === 0, [$code, $program->log()]);
    };
}
