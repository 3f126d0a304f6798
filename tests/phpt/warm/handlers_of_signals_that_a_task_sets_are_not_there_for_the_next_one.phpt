--TEST--
Handlers of signals that a task sets are not there for the next one, nor for the next item of a map; those of a hook stay, as does all else that it set
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

pcntl_signal(SIGUSR2, SIG_IGN);
pcntl_async_signals(false);

function name(mixed $handler): string
{
    return match ($handler) {
        SIG_DFL => 'default', SIG_IGN => 'ignored', default => is_string($handler) ? $handler : get_debug_type($handler),
    };
}

/** What is there of SIGUSR1, SIGUSR2, SIGTERM and SIGALRM: what pcntl has, and what the kernel has. */
function seen(): string
{
    preg_match_all('/^Sig(?:Ign|Cgt):\s*(\w+)$/m', file_get_contents('/proc/self/status'), $masks);
    $bits = array_map(fn(int $signal) => array_map(fn(string $mask) => hexdec(substr($mask, -8)) >> ($signal - 1) & 1, $masks[1]), [SIGUSR1, SIGUSR2, SIGALRM]);
    $handlers = array_map(fn(int $signal) => name(pcntl_signal_get_handler($signal)), [SIGUSR1, SIGTERM, SIGALRM]);
    // The engine itself has a handler for SIGUSR1 at all times.
    return json_encode([$handlers, $bits, pcntl_async_signals(), decoct(umask())]);
}

function work(int $n): string
{
    $seen = seen();
    $handler = function () use ($n) { echo "A HANDLER OF TASK $n RUNS\n"; };
    pcntl_async_signals(true);
    pcntl_signal(SIGUSR1, $handler);
    pcntl_signal(SIGUSR1, SIG_IGN);
    pcntl_signal(SIGUSR1, $handler);
    pcntl_signal(SIGUSR2, $handler);
    pcntl_signal(SIGTERM, $handler);
    pcntl_signal(signal: SIGALRM, handler: SIG_IGN);
    umask(0);
    return $seen;
}

foreach (['no hook' => null, 'a hook' => function () { pcntl_signal(SIGALRM, 'strlen'); umask(077); }] as $name => $hook) {
    $new = function () use ($hook) {
        $pool = Pool::create()->concurrency(1)->tasksPerChild(0);
        return $hook ? $pool->onFork($hook) : $pool;
    };
    $pool = $new();
    foreach ([1, 2, 3] as $n) {
        $pool[$n] = fn() => [getmypid(), work($n)];
    }
    [$pids, $seen] = [array_column($results = $pool->wait(), 0), array_column($results, 1)];
    check("$name: one worker", count(array_unique($pids)) === 1);
    check("$name: each task finds the same", count(array_unique($seen)) === 1);
    $items = iterator_to_array($new()->map([1, 2, 3], work(...)));
    check("$name: each item finds the same", array_unique($items) === [0 => $seen[0]]);
    echo $seen[0], "\n";
}
?>
--EXPECT--
no hook: one worker: yes
no hook: each task finds the same: yes
no hook: each item finds the same: yes
[["default","default","default"],[[0,1],[1,0],[0,0]],false,"22"]
a hook: one worker: yes
a hook: each task finds the same: yes
a hook: each item finds the same: yes
[["default","default","strlen"],[[0,1],[1,0],[0,1]],false,"77"]
