<?php

declare(strict_types=1);

require __DIR__ . '/../../tests/support/services.php';

$workers = (int) (getenv('BENCH_WORKERS') ?: 8);
$messages = (int) (getenv('BENCH_MESSAGES') ?: 20000);
$rounds = (int) (getenv('BENCH_ROUNDS') ?: 3);
$recycle = (int) (getenv('BENCH_RECYCLE') ?: 1000);
$work = getenv('BENCH_WORK');
$php = [getenv('BENCH_PHP'), ...array_slice($argv, 1)];
$with = [...$php, '-d', 'extension=' . getenv('BENCH_EXTENSION')];
$supervisord = getenv('SUPERVISORD') ?: trim((string) shell_exec('command -v supervisord'));
rabbitmq()->close();
putenv('AMQP_PORT=' . port(getenv('TEST_SERVICES') . '/rabbitmq'));
putenv("BENCH_STARTED=$work/started");
putenv("BENCH_DONE=$work/done");
require __DIR__ . '/../../examples/rabbitmq/rabbitmq.php';

function publish(string $queue, int $count): void
{
    $channel = connect('bench')->channel();
    declare_queue($channel, $queue);
    $channel->confirm_select();
    for ($i = 0; $i < $count; $i++) {
        $channel->basic_publish(new PhpAmqpLib\Message\AMQPMessage("n$i", ['delivery_mode' => 2]), '', $queue);
        $i % 500 === 499 && $channel->wait_for_pending_acks(60);
    }
    $channel->wait_for_pending_acks(60);
    $channel->getConnection()->close();
}

/** Debian's supervisor with so many processes of a command. */
function supervised(array $command, int $count): array
{
    global $work, $supervisord;
    $line = implode(' ', array_map(fn (string $word) => '"' . strtr($word, ['%' => '%%', '"' => '\"']) . '"', $command));
    file_put_contents("$work/supervisord.conf", "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=$work/supervisord.pid\nuser=root\n"
        . "[program:consumer]\ncommand=$line\nprocess_name=%(process_num)d\nnumprocs=$count\nstartsecs=0\nautorestart=true\nstopwaitsecs=25\nstdout_logfile=$work/log\nredirect_stderr=true\n");
    return [...explode(' ', $supervisord), '-c', "$work/supervisord.conf"];
}

/** All processes below this one, itself included. @return list<int> */
function tree(int $root): array
{
    $parents = [];
    foreach (glob('/proc/[0-9]*/stat') as $file) {
        if (preg_match('/^(\d+) .*\) \w (\d+)/s', (string) @file_get_contents($file), $m)) {
            $parents[(int) $m[1]] = (int) $m[2];
        }
    }
    for ($tree = [$root], $i = 0; $i < count($tree); $i++) {
        array_push($tree, ...array_keys($parents, $tree[$i], true));
    }
    return $tree;
}

function until(string $what, callable $seen, float $seconds = 30): void
{
    for ($deadline = hrtime(true) + (int) ($seconds * 1e9); !$seen(); usleep(1000)) {
        hrtime(true) < $deadline || exit("in vain: $what\n" . @file_get_contents($GLOBALS['work'] . '/log'));
    }
}

// Without its broker it would start its workers again and again.
register_shutdown_function(function (): void {
    if (($GLOBALS['root'] ?? 0) > 1) {
        array_map(fn (int $pid) => posix_kill($pid, SIGKILL), tree($GLOBALS['root']));
    }
});

/** @return array<string, float> what one way takes, once */
function once(array $command, callable $publish, array $environment): array
{
    global $work, $workers, $messages;
    foreach (['started', 'done', 'log'] as $file) {
        file_put_contents("$work/$file", '');
    }
    $count = function () use ($work): int {
        clearstatcache();
        return filesize("$work/done");
    };
    $log = ['file', "$work/log", 'a'];
    $begun = hrtime(true);
    $process = proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes, null, $environment + getenv());
    $root = $GLOBALS['root'] = proc_get_status($process)['pid'];
    $root > 1 || exit("nothing was started\n");
    $there = fn (): array => file("$work/started", FILE_IGNORE_NEW_LINES);
    until('all workers are there', fn () => count($there()) >= $workers);
    $up = (hrtime(true) - $begun) / 1e9;
    $publish($messages);
    $first = null;
    until('a tenth is done', fn () => $count() >= $messages / 10);
    [$from, $first] = [hrtime(true), $count()];
    until('all is done', fn () => $count() >= $messages);
    $rate = ($messages - $first) / ((hrtime(true) - $from) / 1e9);
    $pss = 0;
    foreach (tree($root) as $pid) {
        $pss += preg_match('/^Pss:\s+(\d+)/m', (string) @file_get_contents("/proc/$pid/smaps_rollup"), $m) ? (int) $m[1] : 0;
    }
    $replaced = [];
    until('nobody is left whose place another one has taken', fn () => count(tree($root)) === $workers + 1);
    for ($i = 0; $i < 3; $i++) {
        $alive = array_values(array_intersect(array_map(intval(...), $there()), array_slice(tree($root), 1)));
        $before = count($there());
        ($alive[0] ?? 0) > 1 || exit("no worker to kill\n");
        posix_kill($alive[0], SIGKILL);
        $from = hrtime(true);
        until('another one is there', fn () => count($there()) > $before);
        $replaced[] = (hrtime(true) - $from) / 1e9;
    }
    sort($replaced);
    $from = hrtime(true);
    proc_terminate($process, SIGTERM);
    until('all have ended', fn () => !proc_get_status($process)['running']);
    $GLOBALS['root'] = 0;
    $drain = (hrtime(true) - $from) / 1e9;
    return ['up' => $up, 'rate' => $rate, 'pss' => $pss / 1024, 'replace' => $replaced[1], 'drain' => $drain];
}

$consumers = __DIR__ . '/../../examples/rabbitmq/consumers.php';
$handler = __DIR__ . '/handler.php';
$amqp = fn (int $count) => publish('bench', $count);
$ours = ['WORKERS' => $workers, 'BACKOFF' => '0'];
$ways = [
    'supervisor of this extension' => [[...$with, $consumers, 'bench', $handler], $amqp, $ours + ['RECYCLE_JOBS' => 1_000_000_000]],
    "the same, a new worker each $recycle messages" => [[...$with, $consumers, 'bench', $handler], $amqp, $ours + ['RECYCLE_JOBS' => $recycle]],
    'the same, not before the old one has ended' => [[...$with, $consumers, 'bench', $handler], $amqp, $ours + ['RECYCLE_JOBS' => $recycle, 'RECYCLE_OVERLAP' => 0]],
];
if ($supervisord !== '') {
    $ways['Debian\'s supervisor, the same consumer'] = [supervised(...), [...$php, __DIR__ . '/single.php', 'bench', $handler], $amqp];
    if (extension_loaded('amqp') && file_exists('/usr/share/php/Symfony/Component/Messenger/Bridge/Amqp/autoload.php')) {
        $messenger = [...$php, __DIR__ . '/messenger.php'];
        $ways['Debian\'s supervisor, messenger:consume'] = [supervised(...), [...$messenger, 'consume', 'bench-messenger', $handler],
            fn (int $count) => run([...$messenger, 'publish', 'bench-messenger', (string) $count])];
    }
}
publish('bench', 0);                                        // eight at once that declare a new quorum queue disturb each other
$all = [];
for ($round = 0; $round < $rounds; $round++) {
    foreach ($ways as $way => [$command, $second, $third]) {
        [$command, $publish, $environment] = is_array($second) ? [$command($second, $workers), $third, []] : [$command, $second, $third];
        foreach (once($command, $publish, array_map(strval(...), $environment)) as $what => $value) {
            $all[$way][$what][] = $value;
        }
    }
}
$median = function (array $values): float {
    sort($values);
    return $values[intdiv(count($values), 2)];
};
printf("%d workers, %d messages of 0.5 ms, medians of %d rounds in turn\n%-42s %12s %8s %10s %12s %10s %8s\n", $workers, $messages, $rounds, '', 'messages/s', 'ratio', 'Pss, MB', 'replaced, s', 'drained, s', 'up, s');
$base = array_values($all)[0]['rate'];
foreach ($all as $way => $figures) {
    $ratio = $median(array_map(fn (float $rate, float $first) => $rate / $first, $figures['rate'], $base));
    printf("%-42s %12.0f %8.2f %10.1f %12.3f %10.3f %8.2f\n", $way, $median($figures['rate']), $ratio, $median($figures['pss']), $median($figures['replace']), $median($figures['drain']), $median($figures['up']));
}
