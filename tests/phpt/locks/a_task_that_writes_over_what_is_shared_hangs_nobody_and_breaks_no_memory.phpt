--TEST--
A task that writes over what processes share makes nobody wait longer than he wants, and nobody read what is not there
--EXTENSIONS--
ffi
posix
--FILE--
<?php
use Async\{AsyncException, Counter, Mutex, Semaphore, Shared};
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$mutex = new Mutex();
$semaphore = new Semaphore(2);
$shared = new Shared(['value'], 256);
$counter = new Counter();
mt_srand(15);
$seen = [];
for ($round = 0; $round < 60; $round++) {
    $word = match ($round % 6) {
        0 => str_repeat("\xff", 8),
        1 => str_repeat("\0", 7) . chr(mt_rand(0, 255)),
        2 => pack('P', 1),
        3 => pack('P', posix_getpid()),
        4 => pack('P', mt_rand() << 32 | mt_rand()),
        default => null, // what is there, in other places
    };
    $round % 3 === 0 and $mutex->tryAcquire();
    settle([async(function () use ($word, $round) {
        $libc = FFI::cdef('void *memcpy(uintptr_t to, const char *from, size_t length); void *memmove(uintptr_t to, uintptr_t from, size_t length);');
        foreach (file('/proc/self/maps') as $line) {
            if (preg_match('~^([0-9a-f]+)-([0-9a-f]+) rw-s .* /dev/zero \(deleted\)~', $line, $match)) {
                [$from, $to] = [hexdec($match[1]), hexdec($match[2])];
                if ($to - $from > 1 << 16) {
                    continue;
                }
                $word === null
                    ? $libc->memmove($from + 8 * ($round % 5), $from, 512)
                    : $libc->memcpy($from, str_repeat($word, 512), 4096);
            }
        }
    })]);
    foreach ([
        'acquire' => fn() => $mutex->acquire(0.002),
        'try' => fn() => $mutex->tryAcquire(),
        'release' => fn() => $mutex->release(),
        'permit' => fn() => $semaphore->acquire(0.002),
        'available' => fn() => $semaphore->available(),
        'back' => fn() => $semaphore->release(),
        'get' => fn() => $shared->get(),
        'add' => fn() => $counter->add(),
    ] as $what => $do) {
        $before = hrtime(true);
        try {
            $do();
        } catch (AsyncException | ValueError) {
        }
        hrtime(true) - $before > 5e9 and print("$what took too long in round $round\n");
    }
}
echo "done\n";
?>
--EXPECT--
done
