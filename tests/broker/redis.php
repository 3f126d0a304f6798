<?php

declare(strict_types=1);

$socket = redis();
$there = ['REDIS_HOST' => $socket, 'WORKERS' => $workers, 'DELIVERY_LIMIT' => 20, 'CLAIM_AFTER' => 4000];
$redis = new Redis();
$redis->connect($socket);

/** What is in a stream. An entry goes when it is acknowledged. */
$left = fn (string $stream): array => array_values(array_column($redis->xRange($stream, '-', '+') ?: [], 'body'));

$parts['redis, consumers that are killed'] = function () use ($redis, $left, $there, $bodies, $period): void {
    foreach ($bodies as $body) {
        $redis->xAdd('storm', '*', ['body' => $body]);
    }
    // The second supervisor has other names: what the workers of the first one had is claimed.
    $program = new Program('redis/consumers.php', 'storm', $there + ['CONSUMER' => 'first']);
    $own = $redis->rawCommand('CLIENT', 'ID');
    $cut = function () use ($own): void {
        $another = new Redis();
        $another->connect(redis());
        foreach (array_column($another->client('list'), 'id') as $id) {
            in_array((int) $id, [$own, $another->rawCommand('CLIENT', 'ID')], true) || $another->rawCommand('CLIENT', 'KILL', 'ID', $id);
        }
    };
    storm($program, $bodies, $period, ['CONSUMER' => 'second'], $cut,
        fn () => $redis->xPending('storm', 'workers')[0] === 0 && $left('storm') === []);
    expect('none is left, and none was given up', $left('storm') === [] && $left('storm.dead') === [] && $redis->xPending('storm', 'workers')[0] === 0);
};

$parts['redis, a dead worker whose place nobody takes'] = function () use ($redis, $left, $there): void {
    $redis->xAdd('claim', '*', ['body' => 'gate n1']);
    $program = new Program('redis/consumers.php', 'claim', ['CONSUMER' => 'first', 'WORKERS' => 1] + $there);
    until('it has the entry', fn () => isset($program->notes('begun')['gate n1']));
    $program->killAll();
    touch("$program->ledger/open");
    $program->start(['CONSUMER' => 'second', 'CLAIM_AFTER' => 50]);
    until('somebody else has done it', fn () => $left('claim') === []);
    expect('its entry is claimed, and done', count($program->notes('begun')['gate n1']) === 2 && count($program->notes('done')['gate n1']) === 1, $program->notes('begun'));
    expect('it ends as drained', ($code = $program->stop()) === 0, $code);
};

$parts['redis, poison'] = function () use ($redis, $left, $there): void {
    foreach (['poison n1', 'refused n2', 'count n3'] as $body) {
        $redis->xAdd('poison', '*', ['body' => $body]);
    }
    $program = new Program('redis/consumers.php', 'poison', ['WORKERS' => 2, 'DELIVERY_LIMIT' => 3] + $there);
    until('two dead letters, and nothing left', fn () => count($left('poison.dead')) === 2 && $left('poison') === []);
    $code = $program->stop();
    $found = $left('poison.dead');
    sort($found);
    expect('an entry that kills its workers is given up after the limit', $found === ['poison n1', 'refused n2'] && count($program->notes('begun')['poison n1']) === 3, $program->notes('begun'));
    expect('the other one is done, and it ends as drained', $code === 0 && count($program->notes('done')) === 1, $code);
};

$parts['redis, replaced under load'] = function () use ($redis, $left, $there, $messages): void {
    $bodies = array_map(fn (int $n) => "count n$n", range(1, max(4000, $messages)));
    foreach ($bodies as $body) {
        $redis->xAdd('roll', '*', ['body' => $body]);
    }
    roll(new Program('redis/consumers.php', 'roll', $there), $bodies, $messages > 5000 ? 3 : 1);
    expect('none is left', $left('roll') === [] && $redis->xPending('roll', 'workers')[0] === 0);
};

$parts['redis, a stop'] = function () use ($redis, $left, $there, $workers): void {
    for ($n = 1; $n <= 3 * $workers; $n++) {
        $redis->xAdd('stop', '*', ['body' => "gate n$n"]);
    }
    $program = new Program('redis/consumers.php', 'stop', $there);
    drain($program, $workers, 3 * $workers);
    expect('what was not begun is still there', count($left('stop')) === 2 * $workers && $redis->xPending('stop', 'workers')[0] === 0);
};
