<?php

declare(strict_types=1);

/*
 * A task that writes over the memory that its process shares with its parent, by seed, while others work:
 *
 *     tools/php tests/support/scribble.php SEED [COUNT [map|channel]]     runs so many programs, each in a process of its own
 *
 * With `map` they are programs of which some items do so, of some maps, and tasks beside them; with `channel`, programs
 * whose processes share channels and locks.
 *
 * A program prints what is wrong, and nothing when all is well; one that hangs is ended.
 */

use Async\{AsyncException, Channel, Counter, Mutex, Pool, Semaphore, Shared, Status};

use function Async\{cancelled, progress, select, settle};

/** Seconds after which a program hangs. */
const SCRIBBLE_WATCHDOG = 20;

/** Writes over the shared memory of this process. */
final class Scribbler
{
    private FFI $libc;

    /** @var list<array{int, int}> where each mapping begins, and how long it is */
    private array $mappings = [];

    /** Of mappings that are smaller than $below. */
    public function __construct(int $below = 1 << 20)
    {
        $this->libc = FFI::cdef('void *memcpy(uintptr_t to, const char *from, size_t length); void *memmove(uintptr_t to, uintptr_t from, size_t length);');
        foreach (file('/proc/self/maps') as $line) {
            // Ours have no name; those of other libraries, such as opcache's, have sizes of megabytes.
            if (preg_match('~^([0-9a-f]+)-([0-9a-f]+) rw-s .* /dev/zero \(deleted\)~', $line, $match)) {
                [$from, $to] = [hexdec($match[1]), hexdec($match[2])];
                $to - $from < $below and $this->mappings[] = [$from, $to - $from];
            }
        }
        $this->mappings or throw new LogicException('there is no shared memory');
    }

    /**
     * The first word of which $is says so, given it and the next one: its address, and the word.
     *
     * @return array{int, int}|null
     */
    public function find(callable $is): ?array
    {
        foreach ($this->mappings as [$from, $length]) {
            $bytes = $this->libc->new("char[$length]");
            $this->libc->memmove($this->libc->cast('uintptr_t', FFI::addr($bytes))->cdata, $from, $length);
            $words = unpack('P*', FFI::string($bytes, $length - $length % 8));
            foreach ($words as $i => $word) {
                if ($is($word, $words[$i + 1] ?? 0)) {
                    return [$from + 8 * ($i - 1), $word];
                }
            }
        }
        return null;
    }

    /** Where the first mapping begins that is at least so long: of a warm worker's, its result ring. */
    public function smallest(int $length): int
    {
        $long = array_filter($this->mappings, static fn (array $mapping) => $mapping[1] >= $length);
        usort($long, static fn (array $one, array $other) => $one[1] <=> $other[1]);
        return $long[0][0];
    }

    public function put(int $address, int $word): void
    {
        $this->libc->memcpy($address, pack('P', $word), 8);
    }

    /** One stroke of a random kind. */
    public function strike(): void
    {
        [$from, $length] = $this->mappings[mt_rand(0, count($this->mappings) - 1)];
        // What all depends on is at the beginning.
        $at = 8 * mt_rand(0, intdiv(mt_rand(0, 1) ? min($length, 10240) : $length, 8) - 1);
        $size = min($length - $at, [1, 4, 8, 8, 8, 64, mt_rand(1, 512), 4096, $length][mt_rand(0, 8)]);
        if (mt_rand(0, 9) === 0) { // something that makes sense, but elsewhere
            $this->libc->memmove($from + $at, $from + 8 * mt_rand(0, intdiv($length - $size, 8)), $size);
            return;
        }
        $word = [
            fn () => str_repeat("\0", 8),
            fn () => str_repeat("\xFF", 8),
            fn () => pack('P', mt_rand(0, 3)),
            fn () => pack('P', mt_rand(0, 400)),
            fn () => pack('VV', mt_rand(0, 3), mt_rand(0, 3)),
            fn () => pack('P', 64 * mt_rand(0, 8192)),
            fn () => pack('P', mt_rand(0, 8192) << 13 | mt_rand(0, 3)),
            fn () => pack('VV', mt_rand(0, 2 ** 31), mt_rand(0, 2 ** 31)),
        ][mt_rand(0, 7)];
        $bytes = '';
        for ($same = mt_rand(0, 1) ? $word() : null; strlen($bytes) < $size;) {
            $bytes .= $same ?? $word();
        }
        $this->libc->memcpy($from + $at, $bytes, $size);
    }
}

/** What one task scribbles: so many strokes at once, or for a while, or for ever. */
function scribble(int $seed, int $strokes, float $seconds, int $below = 1 << 20): void
{
    mt_srand($seed);
    $scribbler = new Scribbler($below);
    for ($i = 0; $i < $strokes; $i++) {
        $scribbler->strike();
    }
    for ($end = microtime(true) + $seconds; microtime(true) < $end; usleep(mt_rand(0, 100))) {
        $scribbler->strike();
    }
}

/** Ends this program when it hangs, and tells where, and what $left says. */
function scribble_watch(int $seed, callable $left): void
{
    pcntl_async_signals(true);
    pcntl_signal(SIGALRM, static function () use ($seed, $left): never {
        echo "seed $seed: HANGS\n", (new Exception())->getTraceAsString(), "\n";
        $left();
        posix_kill(getmypid(), SIGKILL);
    });
    pcntl_alarm(SCRIBBLE_WATCHDOG);
}

/** A new pool works. */
function scribble_after(callable $wrong): void
{
    $after = Pool::create()->concurrency(2)->tasksPerChild(0);
    for ($i = 0; $i < 10; $i++) {
        $after[] = static fn () => $i * $i;
    }
    foreach ($after->wait() as $i => $value) {
        $value === $i * $i or $wrong("the pool after it gave $value for $i");
    }
}

/** What is said that is wrong. */
function scribble_wrong(int $seed): Closure
{
    return static function (string $text) use ($seed): void {
        echo "seed $seed: $text\n";
    };
}

/** A program. Prints what is wrong. */
function scribble_program(int $seed): void
{
    $outcomes = $futures = $nonces = [];
    scribble_watch($seed, static function () use (&$futures): void {
        foreach ($futures as $i => $future) {
            if (getenv("DBG") || in_array($future->status(), [Status::Queued, Status::Running], true)) {
                echo "task $i is {$future->status()->name} in process {$future->pid()} {$future->route()?->name}\n";
            }
        }
    });
    mt_srand($seed);
    $wrong = scribble_wrong($seed);
    $pool = Pool::create()->concurrency(mt_rand(2, 4))->tasksPerChild(0);
    $other = Pool::create()->concurrency(2)->tasksPerChild(0);
    $isolated = Pool::create()->concurrency(2); // its children have what the others share
    mt_rand(0, 2) and $pool->timeout(1);
    $limited = mt_rand(0, 1) === 1;
    for ($i = 0; $i < 30; $i++) {
        $nonce = bin2hex(pack('PP', mt_rand(), mt_rand()));
        if ($i === 3 || mt_rand(0, 14) === 0) {
            [$strokes, $time] = [[1, 0.0], [mt_rand(1, 20), 0.0], [0, 0.05], [0, 0.3], [1000, 0.0], [0, 1000.0]][mt_rand(0, 5)];
            $own = mt_rand();
            $task = static function () use ($own, $strokes, $time, $nonce): string {
                scribble($own, $strokes, $time);
                return $nonce;
            };
            $limit = 0.4;
        } else {
            $sleep = [0, 0, 100, 3000, 20000][mt_rand(0, 4)];
            $fill = str_repeat('.', [0, 0, 0, 5000, 100000][mt_rand(0, 4)]);
            $task = static function () use ($nonce, $sleep, $fill): string {
                usleep($sleep);
                return $fill === '' ? $nonce : $nonce; // bound to something, and of any length
            };
            $limit = $limited ? 1.0 : 0.0;
        }
        $future = [$pool, $pool, $pool, $pool, $pool, $pool, $pool, $other, $other, $isolated][mt_rand(0, 9)]->add($task);
        $limit > 0 and $future->timeout($limit);
        $future->finally(static function () use (&$outcomes, $i): void {
            $outcomes[$i] = ($outcomes[$i] ?? 0) + 1;
        });
        $nonces[$i] = $nonce;
        $futures[$i] = $future;
        if (mt_rand(0, 3) === 0) {
            usleep(mt_rand(0, 3000));
            $pool->tick();
        }
        if (mt_rand(0, 9) === 0) {
            $futures[mt_rand(0, $i)]->cancel();
        }
    }
    settle($futures);
    foreach ($futures as $i => $future) {
        if (($outcomes[$i] ?? 0) !== 1) {
            $wrong("task $i had " . ($outcomes[$i] ?? 0) . ' outcomes');
        }
        try {
            $value = $future->await();
            $of = array_search($value, $nonces, true);
            if ($of !== $i && $of !== false) {
                $wrong("task $i has the value of task $of");
            }
        } catch (AsyncException) {
            // It was in the way.
        } catch (Throwable $e) {
            // What was sent may have been written over, and still be something.
            str_contains($e->getMessage(), 'Unhandled') and $wrong($e::class . ': ' . $e->getMessage());
        }
    }
    scribble_after($wrong);
    if (in_array('why', $GLOBALS['argv'] ?? [], true)) {
        foreach ($futures as $i => $future) {
            echo $i, ' ', $future->status()->name, ' ', $future->error()?->getMessage(), "\n";
        }
    }
}

/** One item of a map, and what becomes of it. */
final class ScribbleItem
{
    public function __construct(
        public readonly string $nonce,
        public readonly int $sleep,
        public readonly int $fill,
        public readonly mixed $beside,
        public readonly ?array $scribbles,
    ) {
    }

    public function run(): string
    {
        $this->scribbles and scribble(...$this->scribbles);
        usleep($this->sleep);
        return $this->nonce . str_repeat('.', $this->fill);
    }
}

/** A program of maps. Prints what is wrong. */
function scribble_map_program(int $seed): void
{
    $maps = $given = [];
    scribble_watch($seed, static function () use (&$maps, &$given): void {
        foreach ($maps as $i => [, $nonces, $kind]) {
            echo "map $i ($kind) gave ", count($given[$i] ?? []), ' of ', count($nonces), "\n";
        }
    });
    mt_srand($seed);
    $wrong = scribble_wrong($seed);
    $pools = [];
    for ($i = 0; $i < 2; $i++) {
        $pools[$i] = Pool::create()->concurrency(mt_rand(1, 4))->tasksPerChild(0)->timeout(1);
        mt_rand(0, 2) or $pools[$i]->retry(1);
        mt_rand(0, 3) or $pools[$i]->recycle(tasks: mt_rand(2, 5));
        mt_rand(0, 3) or $pools[$i]->output(Async\Output::Capture);
    }
    $futures = [];
    for ($i = 0; $i < 4; $i++) {
        $nonces = $items = [];
        $unsent = mt_rand(0, 2) === 0 ? static fn () => 1 : null; // what cannot be sent is taken along by a fork
        $sleeps = [[0], [0, 0, 0, 100], [0, 0, 3000, 20000]][mt_rand(0, 2)];
        $fills = [[0], [0], [0, 0, 5000], [0, 0, 0, 0, 100_000]][mt_rand(0, 3)];
        for ($n = mt_rand(1, 120); $n > 0; $n--) {
            $key = count($nonces) * 3;
            $scribbles = null;
            if (mt_rand(0, 59) === 0) {
                [$strokes, $time] = [[1, 0.0], [mt_rand(1, 20), 0.0], [0, 0.05], [0, 0.3], [1000, 0.0], [0, 1000.0]][mt_rand(0, 5)];
                $scribbles = [mt_rand(), $strokes, $time];
            }
            $nonces[$key] = bin2hex(pack('PP', mt_rand(), mt_rand()));
            $items[$key] = new ScribbleItem($nonces[$key], $sleeps[array_rand($sleeps)], $fills[array_rand($fills)], mt_rand(0, 9) ? null : $unsent, $scribbles);
        }
        $listed = mt_rand(0, 1) === 1;
        $source = $listed ? (static fn () => yield from $items)() : $items;
        $ordered = mt_rand(0, 2) > 0;
        $maps[$i] = [$pools[mt_rand(0, 1)]->map($source, static fn (ScribbleItem $item) => $item->run(), $ordered), $nonces, ($listed ? 'listed' : 'an array') . ($ordered ? '' : ', as they end')];
        if (mt_rand(0, 2) === 0) {
            $futures[] = $pools[mt_rand(0, 1)]->add(static fn () => $i)->timeout(1.0);
        }
    }
    // In turn, as whoever works with several does.
    $left = array_keys($maps);
    while ($left !== []) {
        $i = $left[array_rand($left)];
        [$results, $nonces] = $maps[$i];
        if (!$results->valid()) {
            $left = array_diff($left, [$i]);
            count($given[$i]) === count($nonces) or $wrong("map $i ({$maps[$i][2]}) gave " . count($given[$i]) . ' of ' . count($nonces) . ' items');
            continue;
        }
        $key = $results->key();
        isset($given[$i][$key]) || !isset($nonces[$key]) and $wrong("map $i gave item $key twice, or never had it");
        $given[$i][$key] = true;
        try {
            $value = $results->current();
            $of = is_string($value) ? array_search(rtrim($value, '.'), $nonces, true) : false;
            if ($of !== $key && $of !== false) {
                $wrong("item $key of map $i ({$maps[$i][2]}) has the value of item $of");
            }
        } catch (AsyncException) {
            // It was in the way.
        } catch (Throwable) {
            // What was sent may have been written over, and still be something.
        }
        $results->next();
    }
    settle($futures);
    scribble_after($wrong);
}

/** What processes share, and what any of them may do with it: each within some time, and with no failure but those of Async. */
final class ScribbleThings
{
    /** @var list<Channel> */
    private array $channels = [];

    /** @var list<resource> */
    private array $streams = [];
    private Mutex $mutex;
    private Semaphore $semaphore;
    private Counter $counter;
    private Shared $shared;

    public function __construct()
    {
        for ($i = mt_rand(1, 4); $i > 0; $i--) {
            $this->channels[] = Channel::create([1, 2, 16, 100, 2000][mt_rand(0, 4)]);
        }
        mt_rand(0, 1) and $this->streams[] = $this->channels[0]->stream();
        [$this->mutex, $this->semaphore] = [new Mutex(), new Semaphore(mt_rand(1, 3))];
        [$this->counter, $this->shared] = [new Counter(), new Shared(['value'], 512)];
    }

    /** Does something with one of them; what is wrong with that. */
    public function something(): ?string
    {
        $channel = $this->channels[array_rand($this->channels)];
        $time = mt_rand(0, 20) / 1000;
        $what = mt_rand(0, 15);
        $began = hrtime(true);
        try {
            match ($what) {
                0, 1, 2 => $channel->send(str_repeat('x', [0, 10, 10, 1000, 50_000, 400_000][mt_rand(0, 5)]), $time),
                3 => $channel->send([mt_rand(), 'a' => ['b' => 1.5]], $time),
                4, 5, 6, 7 => $channel->receive($time),
                8 => select($this->channels, $time),
                9 => [count($channel), $channel->isClosed()],
                10 => $this->stream($time),
                11 => $this->mutex->acquire($time),
                12 => $this->mutex->release(),
                13 => mt_rand(0, 1) ? $this->semaphore->acquire($time) : $this->semaphore->release(),
                14 => [$this->shared->get(), $this->counter->add(), $this->semaphore->available(), $this->mutex->tryAcquire()],
                15 => [progress(0.5, 'half'), cancelled()],
            };
        } catch (AsyncException) {
            // It was in the way.
        } catch (Throwable $e) {
            // What was sent may have been written over, and still be something for unserialize().
            return $what < 4 || $what > 7 && $what !== 14 ? "$what threw " . $e::class . ": {$e->getMessage()}" : null;
        }
        $seconds = (hrtime(true) - $began) / 1e9;
        return $seconds > 8 ? sprintf('%d took %.1f s', $what, $seconds) : null;
    }

    private function stream(float $time): void
    {
        [$ready, $none] = [$this->streams, null];
        $ready === [] || @stream_select($ready, $none, $none, 0, (int) ($time * 1e6));
    }
}

/** A program of channels and locks. Prints what is wrong. */
function scribble_channel_program(int $seed): void
{
    scribble_watch($seed, static fn () => null);
    mt_srand($seed);
    $wrong = scribble_wrong($seed);
    $things = new ScribbleThings();
    $pool = Pool::create()->concurrency(mt_rand(2, 5))->timeout(2);
    mt_rand(0, 1) and $pool->tasksPerChild(0);
    for ($i = mt_rand(3, 8); $i > 0; $i--) {
        $own = mt_rand();
        if (mt_rand(0, 1)) {
            $pool[] = static function () use ($own, $things): ?string {
                mt_srand($own);
                for ($i = mt_rand(1, 40), $said = null; $i > 0 && $said === null; $i--) {
                    $said = $things->something();
                }
                return $said;
            };
        } else {
            [$strokes, $time] = [[1, 0.0], [mt_rand(1, 20), 0.0], [0, 0.05], [0, 0.3], [1000, 0.0]][mt_rand(0, 4)];
            $pool[] = static fn () => scribble($own, $strokes, $time, 16 << 20);
        }
    }
    for ($i = mt_rand(10, 60); $i > 0; $i--) {
        $said = $things->something() and $wrong("the parent: $said");
    }
    settle($pool);
    foreach ($pool as $future) {
        if ($future->error() === null && ($said = $future->await()) !== null) {
            $wrong(is_string($said) ? "a task: $said" : 'a task has another value');
        }
    }
    // What was not written over works: a new channel may be beside the others.
    $channel = Channel::create();
    $after = Pool::create();
    $after[] = static fn () => $channel->send('after');
    $channel->receive(10) === 'after' or $wrong('the channel after it gave something else');
    scribble_after($wrong);
}

/** Programs of every kind. */
const SCRIBBLE_PROGRAMS = ['map' => 'scribble_map_program', 'channel' => 'scribble_channel_program'];

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    if (getenv('SCRIBBLE_ONE')) {
        (SCRIBBLE_PROGRAMS[$argv[2] ?? ''] ?? 'scribble_program')((int) $argv[1]);
        exit;
    }
    require __DIR__ . '/sync.php';
    [, $first, $count] = $argv + [2 => 1];
    $none = [];
    $command = array_values(array_filter(explode(' ', (string) getenv('SCRIBBLE_PHP') ?: dirname(__DIR__, 2) . '/tools/php')));
    [$bad, $began, $slowest] = [0, microtime(true), 0];
    for ($seed = (int) $first; $seed < $first + $count; $seed++) {
        $start = microtime(true);
        $process = proc_open([...$command, __FILE__, (string) $seed, ...array_slice($argv, 3)], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes, null, ['SCRIBBLE_ONE' => '1'] + getenv());
        $said = '';
        while (!feof($pipes[1])) {
            [$ready, $none] = [[$pipes[1]], []];
            if (stream_select($ready, $none, $none, 1)) {
                $said .= fread($pipes[1], 65536);
            } elseif (microtime(true) - $start > SCRIBBLE_WATCHDOG + 5) {
                proc_terminate($process, SIGKILL);
            }
        }
        $status = proc_get_status($process);
        while ($status['running']) {
            usleep(1000);
            $status = proc_get_status($process);
        }
        $slowest = max($slowest, microtime(true) - $start);
        if ($said !== '' || $status['signaled'] || $status['exitcode'] !== 0) {
            $bad++;
            echo "== seed $seed: ", $status['signaled'] ? "signal {$status['termsig']}" : "exit {$status['exitcode']}", sprintf(' after %.1f s', microtime(true) - $start), "\n$said\n";
        }
    }
    printf("%d programs, %d bad, %.0f s, the slowest %.1f s\n", $count, $bad, microtime(true) - $began, $slowest);
    exit($bad > 0 ? 1 : 0);
}
