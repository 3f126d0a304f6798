--TEST--
A task that writes over the channels between its parent and other tasks, and their directory, costs messages and channels, and time: nobody hangs, and a process of its own has its own
--EXTENSIONS--
ffi
--FILE--
<?php
use Async\{AsyncException, Pool};
use function Async\{async, await, channel, settle};

/** The mapping that has the lines, which is the only one of its size. */
function lines(): array
{
    foreach (file('/proc/self/maps') as $line) {
        if (preg_match('~^([0-9a-f]+)-([0-9a-f]+) rw-s .* /dev/zero \(deleted\)~', $line, $match)) {
            [$from, $to] = [hexdec($match[1]), hexdec($match[2])];
            if ($to - $from > 128 << 20 && $to - $from < 132 << 20) {
                return [$from, $to - $from];
            }
        }
    }
    throw new LogicException('there are no lines');
}

/** Writes over words: of the directory, or of the beginning of lines in use. */
function scribble(int $seed): void
{
    mt_srand($seed);
    $libc = FFI::cdef('void *memcpy(uintptr_t to, const char *from, size_t length);');
    [$from] = lines();
    for ($i = 0; $i < 300; $i++) {
        $word = match (mt_rand(0, 3)) {
            0 => 0,
            1 => -1,
            2 => mt_rand(0, 200),
            3 => mt_rand() << 32 | mt_rand(),
        };
        // The heads of two rings are 128 KiB and a little apart.
        $at = mt_rand(0, 3) ? mt_rand(0, 8 * 1024) : mt_rand(0, 8) * (128 * 1024 + 896) / 8 + mt_rand(0, 200);
        $libc->memcpy($from + 8 * (int) $at, pack('q', $word), 8);
        usleep(20);
    }
}

$wrong = 0;
for ($seed = 1; $seed <= 6; $seed++) {
    $pool = Pool::create()->concurrency(4)->timeout(5);
    $seed % 2 and $pool->tasksPerChild(0);
    $seed % 3 or $pool->onMessage(fn () => null);
    $futures = [];
    for ($i = 0; $i < 12; $i++) {
        $futures[] = $pool->add(function () use ($i): int {
            for ($n = 0; $n < 300; $n++) {
                channel()->send(str_repeat('x', $n * 60), 2);
                channel()->receive(2);
            }
            return $i;
        });
        $i === 0 and $scribbles = $pool->add(fn () => scribble($seed));
    }
    foreach ($futures as $future) {
        try {
            for ($n = 0; $n < 300; $n++) {
                $future->channel()->send($n, 1);
                $seed % 3 and $future->channel()->receive(1);
            }
        } catch (AsyncException) {
        }
    }
    settle([$scribbles]);
    settle($pool->cancel());
    $scribbles->status() === Async\Status::Failed and $wrong++;
}
echo $wrong, "\n";

// In a process of its own the lines are those of nobody else.
echo await(async(function (): int {
    $task = async(fn () => channel()->send(7));
    return $task->channel()->receive(10);
})), "\n";
?>
--EXPECT--
0
7
