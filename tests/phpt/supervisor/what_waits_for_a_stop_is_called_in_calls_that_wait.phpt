--TEST--
onStop() is called while a worker waits in a call of this extension: for a task, a pool, a channel, several channels, a lock
--FILE--
<?php
use Async\{Channel, ChannelClosedException, Mutex, Pool, Supervisor, Worker};
use function Async\{async, await, select};

require __DIR__ . '/../../support/supervisor.php';

$channel = Channel::create();
$held = new Mutex();
$held->acquire();
$endless = fn () => async(function () { while (true) { usleep(1000); } });

$waits = [
    'await' => function (Worker $worker) use ($endless) {
        $task = $endless();
        $worker->onStop(fn () => $task->cancel());
        await($task);
    },
    'pool' => function (Worker $worker) use ($endless) {
        $pool = Pool::create();
        $pool[] = $endless();
        $worker->onStop(fn () => $pool->cancel());
        $pool->wait();
    },
    'receive' => function (Worker $worker) use ($channel) {
        $worker->onStop(fn () => throw new Exception('enough'));
        $channel->receive();
    },
    'select' => function (Worker $worker) use ($channel) {
        $worker->onStop(fn () => throw new Exception('enough'));
        select([$channel]);
    },
    'acquire' => function (Worker $worker) use ($held) {
        $worker->onStop(fn () => throw new Exception('enough'));
        $held->acquire();
    },
];
foreach ($waits as $what => $wait) {
    $notes = new Notes();
    $log = new Log(['ready']);
    $code = Supervisor::create()->grace(60)
        ->add('w', function (Worker $worker) use ($notes, $wait) {
            $worker->onStop(fn () => $notes->write('told'));
            try {
                $wait($worker);
            } catch (Throwable $ended) {
                $notes->write($ended::class);
            }
        })
        ->onEvent($log->at('ready', fn () => order(SIGTERM)))
        ->run();
    echo "$what: exit code $code; ", implode(', ', $notes->all()), "\n";
}
?>
--EXPECT--
await: exit code 0; told, Async\CancelledException
pool: exit code 0; told
receive: exit code 0; told, Exception
select: exit code 0; told, Exception
acquire: exit code 0; told, Exception
