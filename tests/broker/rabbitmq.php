<?php

declare(strict_types=1);

use PhpAmqpLib\Message\AMQPMessage;

require_once __DIR__ . '/../../examples/rabbitmq/rabbitmq.php';

rabbitmq()->close();
putenv('AMQP_PORT=' . port(getenv('TEST_SERVICES') . '/rabbitmq'));

/** Sends them, once the broker has them. */
function publish(string $queue, array $bodies): void
{
    $channel = connect('test')->channel();
    declare_queue($channel, $queue);
    $channel->confirm_select();
    foreach (array_chunk($bodies, 500) as $some) { // php-amqplib searches all that wait at each confirmation
        foreach ($some as $body) {
            $channel->basic_publish(new AMQPMessage($body, ['delivery_mode' => 2]), '', $queue);
        }
        $channel->wait_for_pending_acks(60);
    }
    $channel->getConnection()->close();
}

/** Waits until so much is there and nobody consumes: what a closed connection has not acknowledged comes back a little later. */
function ready(string $queue, int $expected): bool
{
    $channel = connect('test')->channel();
    try {
        until("$expected in $queue, which nobody consumes", function () use ($channel, $queue, $expected, &$ready, &$consumers): bool {
            [, $ready, $consumers] = $channel->queue_declare($queue, passive: true);
            return $ready === $expected && $consumers === 0;
        });
    } catch (LogicException $error) {
        throw new LogicException("{$error->getMessage()}: $ready, consumed by $consumers; the broker says " . broker_says($queue));
    }
    $channel->getConnection()->close();
    return true;
}

/** Takes all that is there, once it is so much. */
function drained(string $queue, int $expected = 0): array
{
    ready($queue, $expected);
    $channel = connect('test')->channel();
    $bodies = [];
    while ($message = $channel->basic_get($queue)) {
        $bodies[] = $message->getBody();
        $message->ack();
    }
    $channel->getConnection()->close();
    return $bodies;
}

/**
 * What the broker itself says of a queue: how many messages are ready, and how many are with somebody who has not acknowledged them.
 * It counts those of a quorum queue every half second: see services.php.
 */
function broker_says(string $queue): string
{
    usleep(600_000);
    foreach (rabbitmqctl('list_queues', 'name', 'messages_ready', 'messages_unacknowledged') as $line) {
        if (str_starts_with($line, "$queue\t")) {
            return strtr(substr($line, strlen($queue) + 1), "\t", ' ');
        }
    }
    return 'no such queue';
}

/** @return list<string> the files that examples/rabbitmq/consumers.php has loaded before its workers are forked */
function loaded_by_the_supervisor(): array
{
    $folder = dirname(__DIR__, 2) . '/examples/rabbitmq';
    $code = "require '" . __DIR__ . "/support.php'; require '$folder/rabbitmq.php'; load_library(); echo implode(\"\\n\", get_included_files());";
    $process = proc_open([getenv('TEST_PHP_EXECUTABLE'), ...array_slice($_SERVER['argv'], 1), '-r', $code], [1 => ['pipe', 'w']], $pipes);
    $files = explode("\n", stream_get_contents($pipes[1]));
    proc_close($process);
    return [...$files, "$folder/consumers.php"];
}

$bindings = ['consumers' => 1, 'consumers_amqp' => extension_loaded('amqp') ? 4 : 0];
$bindings['consumers_amqp'] || print("skip rabbitmq/consumers_amqp.php: needs php-amqp (make services)\n");
foreach (array_filter($bindings) as $example => $part) {
    $parts["rabbitmq, $example that are killed"] = function () use ($example, $part, $bodies, $workers, $period): void {
        $half = intdiv(count($bodies), 2 * $part);
        $some = [...array_slice($bodies, 0, $half), ...array_slice($bodies, -$half)];
        putenv('DELIVERY_LIMIT=20');
        publish("$example-storm", $some);
        $program = new Program("rabbitmq/$example.php", "$example-storm", ['WORKERS' => $workers]);
        storm($program, $some, $period, [], fn () => rabbitmqctl('close_all_connections', 'cut by the test'), fn () => broker_says("$example-storm") === '0 0');
        expect('none is left, and none was given up', drained("$example-storm") === [] && drained("$example-storm.dead") === []);
        putenv('DELIVERY_LIMIT=3');
    };
}

$parts['rabbitmq, replaced under load'] = function () use ($messages, $workers): void {
    publish('roll', $bodies = array_map(fn (int $n) => "count n$n", range(1, max(2000, intdiv($messages, 2)))));
    roll(new Program('rabbitmq/consumers.php', 'roll', ['WORKERS' => $workers]), $bodies, $messages > 5000 ? 3 : 1);
    expect('none is left', drained('roll') === []);
};

$parts['rabbitmq, a library that is loaded once'] = function (): void {
    publish('library', ['files n1', 'files n2']); // the second one, when all that consuming takes was done
    $program = new Program('rabbitmq/consumers.php', 'library', ['WORKERS' => 1]);
    until('both are done', fn () => count($program->notes('done')) === 2);
    $code = $program->stop();
    $own = array_diff(file("$program->ledger/files", FILE_IGNORE_NEW_LINES), loaded_by_the_supervisor());
    expect('a worker loads nothing of its library by itself', $code === 0 && array_values($own) === [__DIR__ . '/job.php'], [$code, $own]);
};

foreach (array_keys(array_filter($bindings)) as $example) {
    $parts["rabbitmq, workers of $example that have had enough"] = function () use ($example): void {
        // As in a stop: nobody is given a message that it does not begin.
        putenv('DELIVERY_LIMIT=0');
        publish("recycled-$example", $bodies = array_map(fn (int $n) => "count n$n", range(1, 200)));
        $program = new Program("rabbitmq/$example.php", "recycled-$example", ['WORKERS' => 2, 'RECYCLE_JOBS' => 10, 'RECYCLE_OVERLAP' => 0]);
        until('all are handled, or given up', fn () => broker_says("recycled-$example") === '0 0');
        $code = $program->stop();
        $jobs = array_count_values(array_merge(...array_values($program->notes('done'))));
        expect('each message is handled once, and none was given out twice', $code === 0 && array_sum($jobs) === count($bodies) && count($program->notes('done')) === count($bodies) && drained("recycled-$example.dead") === [], [$code, $jobs]);
        expect('no worker has done more than ten', max($jobs) === 10, $jobs);
        putenv('DELIVERY_LIMIT=3');
    };
}

$parts['rabbitmq, workers that work on until others are ready'] = function (): void {
    putenv('DELIVERY_LIMIT=0');
    publish('overlap', $bodies = array_map(fn (int $n) => "count n$n", range(1, 1000)));
    $program = new Program('rabbitmq/consumers.php', 'overlap', ['WORKERS' => 4, 'RECYCLE_JOBS' => 25]);
    until('all are handled, or given up', fn () => broker_says('overlap') === '0 0');
    until('nobody is left whose place another one has taken', fn () => count($program->states()) === 4);
    $code = $program->stop();
    $jobs = array_count_values($by = array_merge(...array_values($program->notes('done'))));
    printf("     %d messages by %d workers, %d to %d each\n", count($by), count($jobs), min($jobs), max($jobs));
    expect('each message is handled once, and none was given out twice', $code === 0 && count($by) === count($bodies) && count($program->notes('done')) === count($bodies) && drained('overlap.dead') === [], [$code, count($by)]);
    expect('workers were replaced, after their limit and not before', count($jobs) > 8 && count(array_filter($jobs, fn (int $count) => $count < 25)) <= 4, $jobs);
    putenv('DELIVERY_LIMIT=3');
};

$parts['rabbitmq, workers that leak'] = function (): void {
    publish('leak', $bodies = array_map(fn (int $n) => "leak n$n", range(1, 200)));
    leak(new Program('rabbitmq/consumers.php', 'leak', ['WORKERS' => 2, 'RECYCLE_MEGABYTES' => 16, 'RECYCLE_OVERLAP' => 0]), $bodies, 16);
    expect('none is left', drained('leak') === []);
};

/** examples/kubernetes/kubelet.php with the example of consumers in its container. @return array{int, string} the exit code, and what it says */
function in_a_pod(string $queue, array $environment, callable $meanwhile, string ...$options): array
{
    $ledger = $environment['BROKER_LEDGER'];
    @mkdir($ledger);
    touch("$ledger/ledger");
    $php = [getenv('TEST_PHP_EXECUTABLE'), ...array_slice($_SERVER['argv'], 1), '-d', 'auto_prepend_file=' . __DIR__ . '/support.php'];
    $examples = dirname(__DIR__, 2) . '/examples';
    $command = [getenv('TEST_PHP_EXECUTABLE'), "$examples/kubernetes/kubelet.php", ...$options, $environment['MANIFEST'], ...$php, "$examples/rabbitmq/consumers.php", $queue, __DIR__ . '/job.php'];
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', "$ledger/said", 'w'], ['file', "$ledger/log", 'a']], $pipes, null,
        $environment + ['HEALTH' => "$ledger/health.json"] + getenv());
    $meanwhile($ledger, proc_get_status($process)['pid']);
    $status = until('the end of the pod', fn () => ($status = proc_get_status($process))['running'] ? null : $status);
    proc_close($process);
    return [$status['exitcode'], file_get_contents("$ledger/said")];
}

$parts['rabbitmq, the end of a pod'] = function () use ($workers): void {
    // As the manifest has it, but that the times are shorter: the second one is spent whole.
    $folder = getenv('BROKER_WORK');
    $manifest = file_get_contents(dirname(__DIR__, 2) . '/examples/kubernetes/consumers.yaml');
    file_put_contents("$folder/manifest.yaml", str_replace(['periodSeconds: 5', '-lt 10', 'terminationGracePeriodSeconds: 35'], ['periodSeconds: 1', '-lt 3', 'terminationGracePeriodSeconds: 2'], $manifest));
    $there = ['MANIFEST' => "$folder/manifest.yaml", 'WORKERS' => $workers];
    $begun = fn (string $ledger): int => count(preg_grep('/^begun/', file("$ledger/ledger")));
    publish('pod', $sent = array_map(fn (int $n) => "gate n$n", range(1, 3 * $workers)));

    [$code, $said] = in_a_pod('pod', $there + ['BROKER_LEDGER' => "$folder/pod"], function (string $ledger, int $kubelet) use ($begun, $workers): void {
        until('every worker has a message', fn () => $begun($ledger) === $workers);
        until('the startup probe has seen that', fn () => str_contains(file_get_contents("$ledger/said"), 'startupProbe: fine'));
        posix_kill($kubelet, SIGTERM);
        until('it is told', fn () => str_contains(file_get_contents("$ledger/said"), 'SIGTERM to process 1'));
        touch("$ledger/open");
    });
    echo preg_replace('/^/m', '     ', rtrim($said)), "\n";
    $left = ready('pod', 2 * $workers);
    expect('a pod that is deleted finishes what it has, and the rest is still there', $code === 0 && $left, [$code, $said]);

    [$code, $said] = in_a_pod('pod', $there + ['BROKER_LEDGER' => "$folder/hung"], function (string $ledger) use ($begun, $workers): void {
        until('every worker has a message', fn () => $begun($ledger) === $workers);
    }, "--hang-when=$folder/hung/ledger");
    echo preg_replace('/^/m', '     ', rtrim($said)), "\n";
    expect('a supervisor that hangs is found by the liveness probe, and killed with its workers', $code === 137 && str_contains($said, 'livenessProbe has failed 3 times'), [$code, $said]);
    expect('and its messages are there again', count(drained('pod', 2 * $workers)) === 2 * $workers);
};

if ((int) getenv('BROKER_LONG') > 0) {
    $parts['rabbitmq, ' . getenv('BROKER_LONG') . ' s of work with a heartbeat of 2 s'] = function (): void {
        publish('work', ['long n1', 'count n2']);
        $program = new Program('rabbitmq/child_per_message.php', 'work', ['SLOTS' => 2, 'AMQP_HEARTBEAT' => 2]);
        until('the work is done', fn () => isset($program->notes('done')['long n1']));
        until('it is acknowledged', fn () => broker_says('work') === '0 0');
        $code = $program->stop();
        expect('acknowledged, and delivered once', $code === 0 && count($program->notes('begun')['long n1']) === 1, [$code, $program->notes('begun')]);
    };
}

foreach (array_keys(array_filter($bindings)) as $example) {
    $parts["rabbitmq, a stop of $example"] = function () use ($example, $workers): void {
        // Delivered once more would be once too often: nobody is given a message that it does not begin.
        putenv('DELIVERY_LIMIT=0');
        publish("stop-$example", $sent = array_map(fn (int $n) => "gate n$n", range(1, 3 * $workers)));
        $program = new Program("rabbitmq/$example.php", "stop-$example", ['WORKERS' => $workers]);
        drain($program, $workers, count($sent));
        $left = drained("stop-$example", 2 * $workers);
        expect('what was not begun is still there', array_diff($sent, $left) == array_intersect($sent, array_keys($program->notes('done'))) && count($left) === 2 * $workers, $left);
        expect('and nothing was given up, or came back', drained("stop-$example.dead") === [] && !str_contains($program->log(), 'Warning'), $program->log());
        putenv('DELIVERY_LIMIT=3');
    };
}

foreach (['consumers', 'child_per_message'] as $example) {
    $parts["rabbitmq, poison for $example"] = function () use ($example): void {
        publish($example, ['poison n1', 'refused n2', 'count n3']);
        $program = new Program("rabbitmq/$example.php", $example, ['WORKERS' => 2, 'SLOTS' => 2]);
        $dead = connect('test')->channel();
        $found = [];
        until('two dead letters', function () use ($dead, $example, &$found): bool {
            if ($message = $dead->basic_get("$example.dead")) {
                $found[] = $message->getBody();
                $message->ack();
            }
            return count($found) === 2;
        });
        until('the other one is done', fn () => isset($program->notes('done')['count n3']));
        $code = $program->stop();
        sort($found);
        expect('a message that kills its workers is given up after the limit', $found === ['poison n1', 'refused n2'] && count($program->notes('begun')['poison n1']) === 4,
            [$found, $program->notes('begun')]);
        expect('one that throws is given up at once, and says why', count($program->notes('begun')['refused n2']) === 1 && str_contains($program->log(), 'DomainException: no such order'), $program->log());
        expect('it ends as drained, with nothing left', $code === 0 && drained($example) === [], $code);
        $dead->getConnection()->close();
    };
}

$parts['rabbitmq, children that are killed'] = function () use ($bodies, $workers, $period): void {
    $some = [...array_slice($bodies, 0, intdiv(count($bodies), 20)), ...array_slice($bodies, -intdiv(count($bodies), 20))];
    putenv('DELIVERY_LIMIT=20');
    publish('children', $some);
    $program = new Program('rabbitmq/child_per_message.php', 'children', ['SLOTS' => $workers]);
    storm($program, $some, $period, []);
    expect('none is left, and none was given up', drained('children') === [] && drained('children.dead') === []);
    putenv('DELIVERY_LIMIT=3');
};

// How long is long is what the broker says: longer than it bears with a connection that says nothing, twice.
$parts['rabbitmq, work that takes longer than the heartbeats'] = function (): void {
    publish('long', ['gate n1']);
    $program = new Program('rabbitmq/child_per_message.php', 'long', ['SLOTS' => 2, 'AMQP_HEARTBEAT' => 1]);
    until('the work has begun', fn () => isset($program->notes('begun')['gate n1']));
    putenv('AMQP_HEARTBEAT=1');
    for ($i = 0; $i < 2; $i++) {
        $silent = connect('silent');
        $silent->set_close_on_destruct(false);
        $socket = $silent->getIO()->getSocket();
        stream_set_blocking($socket, true);
        stream_set_timeout($socket, 60);
        while (fread($socket, 8192) !== '') {               // the broker's own heartbeats
        }
        expect('a connection without heartbeats is cut', feof($socket));
    }
    putenv('AMQP_HEARTBEAT');
    touch("$program->ledger/open");
    until('the work is done', fn () => isset($program->notes('done')['gate n1']));
    $code = $program->stop();
    expect('one that has a child for the work is not, and the message was delivered once', $code === 0 && count($program->notes('begun')['gate n1']) === 1
        && drained('long') === [], [$code, $program->notes('begun'), $program->log()]);
};

$parts['rabbitmq, a stop with children'] = function () use ($workers): void {
    publish('stop-children', $sent = array_map(fn (int $n) => "gate n$n", range(1, 3 * $workers)));
    $program = new Program('rabbitmq/child_per_message.php', 'stop-children', ['SLOTS' => $workers]);
    until('every slot has a message', fn () => count($program->notes('begun')) === $workers);
    posix_kill($program->pid, SIGTERM);
    until('it takes no more', fn () => str_contains($program->log(), 'takes no more'));
    touch("$program->ledger/open");
    $code = $program->end();
    $left = drained('stop-children', 2 * $workers);
    expect('on SIGTERM what was begun is finished, and the rest is still there', $code === 0 && count($program->notes('done')) === $workers && count($left) === 2 * $workers, [$code, $left]);
};
