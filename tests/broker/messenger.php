<?php

declare(strict_types=1);

use Symfony\Component\Messenger\Bridge\Redis\Transport\{Connection, RedisTransport};
use Symfony\Component\Messenger\{Envelope, Worker};

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/../support/messenger.php';
require_once __DIR__ . '/children.php';

function messenger_transport(string $socket): RedisTransport
{
    $redis = new Redis();
    $redis->connect($socket);
    $options = ['stream' => 'messenger', 'group' => 'workers', 'consumer' => 'one', 'auto_setup' => true, 'delete_after_ack' => true, 'delete_after_reject' => true];
    return new RedisTransport(Connection::fromDsn('redis://localhost', $options, $redis));
}

function messenger(string $socket): void
{
    global $parts, $workers, $period;
    if (!class_exists(Worker::class) || !class_exists(RedisTransport::class) || !class_exists(Symfony\Component\EventDispatcher\EventDispatcher::class)) {
        echo "skip messenger: needs php-symfony-messenger, php-symfony-event-dispatcher (make services)\n";
        return;
    }
    $parts['redis, messenger:consume --parallel'] = static function () use ($socket, $workers, $period): void {
        $some = bodies_for_children();
        $transport = messenger_transport($socket);
        foreach ($some as $body) {
            $transport->send(new Envelope(new Order($body)));
        }
        $program = new Program('', '', ['REDIS_HOST' => $socket, 'SLOTS' => (string) $workers], [__DIR__ . '/messenger_worker.php']);
        // Not the length of the stream: Messenger acknowledges and deletes in two commands, and may be killed in between.
        storm_of_children($program, $some, $period, $workers, static function () use ($socket): bool {
            $redis = new Redis();
            $redis->connect($socket);
            [$group] = $redis->xInfo('GROUPS', 'messenger');
            return $group['pending'] === 0 && $redis->xRange('messenger', "({$group['last-delivered-id']}", '+') === [];
        });
    };
}
