<?php

declare(strict_types=1);

/**
 * Kills a child of a worker now and then, and once all of it, and cuts its connection twice, until each of the messages was handled. A worker
 * that ends as its connection is lost is started again: whatever keeps it up would do that. Then it is drained.
 *
 * @param list<string> $bodies all messages
 * @param callable(): bool $isEmpty what the broker says
 */
function storm_of_children(Program $program, array $bodies, int $period, int $workers, callable $isEmpty): void
{
    $kills = $cuts = $restarts = 0;
    $isKilled = false;
    $begun = hrtime(true);
    $next = $begun;
    until('all are done', static function () use ($program, $bodies, $period, &$kills, &$cuts, &$restarts, &$isKilled, &$next): bool {
        if (hrtime(true) < $next) {
            return false;
        }
        $next = hrtime(true) + $period * 1_000_000;
        $done = count($program->notes('done'));
        if (!$program->isRunning()) {
            $restarts++;
            $program->start();
        } elseif ($cuts < 2 && $done > count($bodies) / 3 * ($cuts + 1)) {
            $cuts++;
            $program->cutConnections(cut_redis(...));
        } elseif (!$isKilled && $done > count($bodies) / 2) {
            $isKilled = true;
            $program->killAll();
            $program->start();
        } elseif ($kills < count($bodies) / 4 && $children = $program->children()) { // on a loaded machine none would live long enough otherwise
            $program->kill($children[mt_rand(0, count($children) - 1)]);
            $kills++;
        }
        return $done === count($bodies) && $isKilled && $cuts === 2;
    }, patience(count($bodies)));
    $seconds = (hrtime(true) - $begun) / 1e9;
    until('none is left', static function () use ($program, $isEmpty, &$restarts): bool {
        if (!$program->isRunning()) {
            $restarts++;
            $program->start();
        }
        return $isEmpty();
    });
    until('the last one is ready, which may have been started when all was done', $program->isReady(...));
    $code = $program->stop();

    $done = $program->notes('done');
    $crashes = count(glob("$program->ledger/crash-*"));
    $duplicates = $unexplained = 0;
    foreach ($done as $body => $by) {
        foreach (array_slice($by, 0, -1) as $who) {
            $duplicates++;
            $unexplained += (int) !(isset($program->killed[$who]) || isset($program->cut[$who]) || str_starts_with($body, 'crash '));
        }
    }
    printf("     %d messages in %.0f s, %d children killed by the test and %d by themselves, the worker once, its connection cut %d times, after which it was started %d times; %d duplicates\n",
        count($bodies), $seconds, $kills, $crashes, $cuts, $restarts, $duplicates);
    expect('each message is handled at least once', array_diff($bodies, array_keys($done)) === []);
    // Of a child that had ended when the worker was lost, or its connection, nobody knows any more.
    expect('duplicates are only those whose process died, or whose worker was lost with its connection, before the acknowledgement', $unexplained <= $workers * (1 + $cuts + $restarts) && $crashes === count(preg_grep('/^crash /', $bodies)),
        [$duplicates, $unexplained, $crashes]);
    expect('it ends as drained, with nothing left', $code === 0 && $isEmpty(), [$code, substr($program->log(), -1500)]);
}

/** What those get whose workers fork for each message. @return list<string> */
function bodies_for_children(): array
{
    global $bodies, $share;
    return array_map(static fn(string $body) => str_replace(' late', '', $body), array_slice($bodies, 0, (int) (count($bodies) * $share)));
}

/** All connections but that of whoever asks. */
function cut_redis(): void
{
    $redis = new Redis();
    $redis->connect(redis());
    $redis->rawCommand('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
}
