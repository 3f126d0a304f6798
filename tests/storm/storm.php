<?php

declare(strict_types=1);

/* usage: storm.php SEED SECONDS; see run. */

use Async\Future;
use Async\Output;
use Async\Pool;

use function Async\{async, await, settle};

require __DIR__ . '/kinds.php';
require __DIR__ . '/maps.php';

[, $seed, $seconds] = array_map('intval', $argv);
mt_srand($seed);
ini_set('memory_limit', '1G');
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () {});
pcntl_signal(SIGALRM, function () use (&$deadline) {
    if (time() > $deadline + 60) {
        fwrite(STDERR, "storm: HANGS\n" . (new Exception())->getTraceAsString() . "\n");
        foreach ($GLOBALS['checks'] as $id => [$name, $future]) {
            $status = $future->status();
            in_array($status->name, ['Queued', 'Running'], true) && fwrite(STDERR, "storm: task $id ($name) is $status->name in process {$future->pid()}\n");
        }
        posix_kill(getmypid(), SIGKILL);
    }
    pcntl_alarm(1);
});
$deadline = time() + $seconds;
pcntl_alarm(1);

$wrong = [];
$complain = function (string $text) use (&$wrong) {
    fwrite(STDERR, "storm: $text\n");
    $wrong[] = $text;
};
$cancel = $ask = $locks = [];
$started = null; // the last that was, before it was added to a pool
$begun = 0;
// How deep the parent is in waits in which no handler of messages runs, how many have begun and ended, and what was not waited for then.
[$depth, $waits, $given_up] = [new Async\Counter(), new Async\Counter(), new Async\Counter()];

/** Ends what a round wants cancelled, and is not waiting for anything else. */
function cancel_some(): void
{
    foreach ($GLOBALS['cancel'] as $at => $future) {
        if ($future->key() !== null || $future === $GLOBALS['started']) { // it is in a pool by now, or runs without one
            unset($GLOBALS['cancel'][$at]);
            $future->cancel();
        }
    }
    foreach ($GLOBALS['ask'] as $at => $future) {
        if ($future->key() !== null || $future === $GLOBALS['started']) {
            unset($GLOBALS['ask'][$at]);
            $future->cancel(mt_rand(0, 1) ? 5 : 0.002);
        }
    }
}

/** Waits for all pools in one of the ways that there are. */
function wait_for(array $pools): void
{
    switch (mt_rand(0, 4)) {
        case 0:
            foreach ($pools as $pool) {
                calm(fn () => settle($pool));
            }
            break;
        case 1:
            foreach ($pools as $pool) {
                calm(function () use ($pool) {
                    foreach ($pool as $future) {
                        mt_rand(0, 20) || exec('exit 3', $output, $code);
                    }
                });
            }
            break;
        case 2:
            foreach ($pools as $pool) {
                try {
                    $pool->wait(fn () => mt_rand(0, 200) === 0); // sometimes it gives up
                } catch (Throwable) { // the first failure, which is looked at later
                }
            }
            break;
        case 3:
            $end = microtime(true) + 0.5; // a loop of its own
            while (microtime(true) < $end) {
                foreach ($pools as $pool) {
                    $pool->tick();
                }
                posix_kill(getmypid(), SIGUSR1);
            }
            break;
        case 4:
            try {
                await($pools[0], mt_rand(0, 100) / 1000); // gives up
            } catch (Throwable) {
            }
            $end = microtime(true) + 0.2;
            while (microtime(true) < $end); // handlers run behind its back
            break;
    }
    foreach ($pools as $pool) {
        calm(fn () => settle($pool));
    }
}

/** A pool of one of the kinds that there are. */
function pool(): Pool
{
    $pool = Pool::create()->concurrency(mt_rand(1, 10))->output([Output::Discard, Output::Capture][mt_rand(0, 1)]);
    match (mt_rand(0, 3)) {
        0 => $pool->tasksPerChild(0),
        1 => $pool->tasksPerChild(mt_rand(1, 5)),
        2 => $pool->recycle(tasks: mt_rand(1, 20), seconds: mt_rand(1, 100) / 1000, bytes: 64 << 20),
        3 => $pool,
    };
    match (mt_rand(0, 7)) {
        0 => $pool->onFork(parent: fn () => throw new Surfacing('of a hook')),
        1 => $pool->onFork(parent: fn () => blocked(fn () => await(async(fn () => 1)))),
        2 => $pool->onFork(parent: fn () => begin()),
        3 => $pool->onExit(fn () => usleep(mt_rand(0, 2000))),
        default => null,
    };
    $pool->onMessage(function (mixed $message, Future $from): void {
        try {
            isset($message['ask']) && calm(fn () => $from->channel()->send([$message['ask'], $message['ask'] * 10]));
        } catch (Async\ChannelClosedException) { // its check says whether it was to end
        }
    });
    return $pool;
}

/** One round: tasks of random kinds in some pools, and what became of them. */
function round_of_tasks(array $kinds, Closure $complain): int
{
    global $checks, $begun; // for whoever asks what hangs, and for what tasks themselves begin
    $pools = $checks = $ended = $maps = [];
    for ($p = mt_rand(1, 4); $p > 0; $p--) {
        $pools[] = pool();
    }
    $names = array_keys($kinds);
    for ($n = mt_rand(20, 150), $id = 0; $id < $n; $id++) {
        $name = $names[mt_rand(0, count($names) - 1)];
        [$future, $check] = $kinds[$name]();
        $future->finally(function () use (&$ended, $id) { $ended[$id] = ($ended[$id] ?? 0) + 1; });
        if ($name !== 'output' && mt_rand(0, 9) === 0) {
            $GLOBALS['started'] = $future; // else a hook that awaits, called here, waits for the place that it has for ever
            $future->start(); // the pool takes it over while it runs, and it prints where this process does
        }
        $pools[mt_rand(0, count($pools) - 1)]["$id"] = $future;
        $checks[$id] = [$name, $future, $check];
        mt_rand(0, 3) || cancel_some();
        mt_rand(0, 60) || $maps[] = new Map();
        foreach ($maps as $map) {
            mt_rand(0, 5) || $map->walk(mt_rand(1, 20));
        }
    }
    cancel_some();
    wait_for($pools);
    foreach ($maps as $map) {
        array_map($complain, $map->finish());
        $GLOBALS['walked']++;
    }
    $maps = $map = null;
    // The tasks that nobody holds are waited for as by a script that works on. Their handlers run only where a function that
    // had to do with their registration goes on: that is this one, whoever has begun them.
    $patience = time() + 30;
    while ($begun > 0 && time() < $patience) {
        usleep(1000);
    }
    if ($begun !== 0) {
        $complain("$begun tasks of handlers and destructors have not ended");
        $begun = 0;
    }
    foreach ($checks as $id => [$name, $future, $check]) {
        $problem = $check($future);
        if ($problem !== null) {
            $complain("task $id ($name) had another end: $problem");
        }
        if (($ended[$id] ?? 0) !== 1) {
            $complain("task $id ($name) ended " . ($ended[$id] ?? 0) . ' times');
        }
    }
    foreach ($pools as $pool) {
        $status = $pool->status();
        if ($status->queued + $status->running !== 0) {
            $complain("a pool is not empty: $status");
        }
    }
    $checks = [];
    $GLOBALS['started'] = null; // its value may have megabytes, which would be compared with those of another round
    return $n;
}

/**
 * What malloc() has given out, as it says itself. What is free goes back to the system: else one small block above a hundred
 * large ones that were freed keeps all of them resident, and a process stays as large as it ever was.
 */
function allocated(): int
{
    static $c = null;
    $c ??= FFI::cdef('struct mallinfo2 { size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; };
        struct mallinfo2 mallinfo2(void); int malloc_trim(size_t);');
    $c->malloc_trim(0);
    $info = $c->mallinfo2();
    return $info->uordblks + $info->hblkhd;
}

/** Children, descriptors and bytes that this process has. */
function belongings(): array
{
    gc_collect_cycles();
    gc_mem_caches();
    $children = fn () => trim(file_get_contents('/proc/self/task/' . getmypid() . '/children'));
    $patience = time() + 5; // warm workers end once their pool has gone
    while ($children() !== '' && time() < $patience) {
        usleep(1000);
    }
    $allocated = allocated();
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $resident);
    return [
        'children' => $children(),
        'descriptors' => count(scandir('/proc/self/fd')),
        'memory' => memory_get_usage(),
        'allocated' => $allocated,
        'resident' => (int) $resident[1] * 1024,
    ];
}

$kinds = kinds();
$tasks = $rounds = $walked = 0;
$before = null;
do {
    $tasks += round_of_tasks($kinds, $complain);
    gc_collect_cycles(); // else hundreds of megabytes come together before it runs by itself, and leave holes
    if (++$rounds === 5) {
        $before = belongings(); // the tables of the engine have their size by now
    }
} while (time() < $deadline);

$before ??= belongings();
$after = belongings();
$after['children'] === '' || $complain("children left: {$after['children']}");
$after['descriptors'] === $before['descriptors'] || $complain("descriptors: {$before['descriptors']}, now {$after['descriptors']}");
$grown = $after['memory'] - $before['memory'];
$grown < 262_144 || $complain("memory grew by $grown bytes in " . ($rounds - 5) . ' rounds');
$grown = $after['allocated'] - $before['allocated']; // its caches of small blocks fill by 200 KB, which count as given out
$grown < 1 << 20 || $complain("what malloc() has given out grew by $grown bytes in " . ($rounds - 5) . ' rounds');
$grown = $after['resident'] - $before['resident'];
$grown < 8 << 20 || $complain("resident memory grew by $grown bytes in " . ($rounds - 5) . ' rounds');
pcntl_alarm(0);
$given_up->get() === 0 || printf("%d answers not waited for, while the parent waited for the place of the task that asked\n", $given_up->get());
echo "$tasks tasks and $walked maps in $rounds rounds, ", $wrong === [] ? 'every one accounted for, nothing left' : count($wrong) . ' WRONG: ' . implode('; ', $wrong), "\n";
exit($wrong === [] ? 0 : 1);
