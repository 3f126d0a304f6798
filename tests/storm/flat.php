<?php

declare(strict_types=1);

/* usage: flat.php SEED SECONDS TASKS; see run. A generator's tasks through one pool: memory, descriptors and children stay flat (pain 36). */

use Async\Pool;

use function Async\settle;

[, , , $count] = array_map('intval', $argv);

function tasks(int $count): Generator
{
    for ($i = 0; $i < $count; $i++) {
        yield $i => fn () => $i % 100 === 99 ? posix_kill(getmypid(), SIGKILL) : str_repeat(chr($i % 256), 1024);
    }
}

/** Looks at what has ended, once $most tasks are in the pool, and forgets it. */
function collect(Pool $pool, int $most, array &$seen): void
{
    foreach (count($pool) < $most ? [] : $pool as $key => $future) {
        $future->error() === null
            ? $seen['right'] += $future->await() === str_repeat(chr($key % 256), 1024) ? 1 : 0
            : $seen['died'] += $future->error() instanceof Async\ProcessDiedException ? 1 : 0;
        unset($pool[$key]);
        if (count($pool) < $most) {
            break;
        }
    }
}

function resident(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $found);
    return (int) $found[1] * 1024;
}

$seen = ['right' => 0, 'died' => 0];
$pool = Pool::create()->concurrency(8);
foreach (tasks($count) as $i => $task) {
    $pool[$i] = $task;
    collect($pool, 32, $seen);
    if ($i === 1000) {
        settle($pool);
        collect($pool, 1, $seen);
        gc_collect_cycles();
        $resident = resident();
        $memory = memory_get_usage();
        $descriptors = count(scandir('/proc/self/fd'));
    }
}
settle($pool);
collect($pool, 1, $seen);
gc_collect_cycles();
$wrong = [];
$died = intdiv($count, 100);
$seen === ['right' => $count - $died, 'died' => $died] || $wrong[] = json_encode($seen);
count($pool) === 0 || $wrong[] = count($pool) . ' are still in the pool';
trim(file_get_contents('/proc/self/task/' . getmypid() . '/children')) === '' || $wrong[] = 'children are left';
count(scandir('/proc/self/fd')) === $descriptors || $wrong[] = 'descriptors are left';
memory_get_usage() - $memory < 65_536 || $wrong[] = 'memory grew by ' . (memory_get_usage() - $memory);
resident() - $resident < 1 << 20 || $wrong[] = 'resident memory grew by ' . (resident() - $resident);
echo $count, ' tasks: ', $wrong ? implode(', ', $wrong) : 'all accounted for, memory and descriptors as after the first 1000', "\n";
exit($wrong ? 1 : 0);
