--TEST--
A task that writes over all that it can cannot ask another to stop, nor change its time limit; its parent still can
--EXTENSIONS--
ffi
posix
--FILE--
<?php
use function Async\{async, await, cancelled, deadline};

require __DIR__ . '/../../support/sync.php';

[$ready, $gate] = [new Notes(), new Gate()];
$other = async(function () use ($ready, $gate): array {
    $ready->write('runs');
    $gate->pass();
    return [cancelled(), deadline()];
});
echo $ready->next(), "\n";

/** What stands for this attempt: see src/process/shared/control.rs. */
function mark(int $attempt): int
{
    $product = bcmul_64($attempt);
    return $product ^ (int) hexdec('25a55a5ac3c33c3c') ^ PHP_INT_MIN;
}

/** The lower half of a product with 0x9e3779b97f4a7c15. */
function bcmul_64(int $by): int
{
    for ($product = 0; $by > 0; $by--) {
        $carry = 0;
        for ($bytes = '', $i = 0; $i < 8; $i++) {
            $carry += ($product >> 8 * $i & 255) + ord("\x15\x7c\x4a\x7f\xb9\x79\x37\x9e"[$i]);
            $bytes .= chr($carry & 255);
            $carry >>= 8;
        }
        $product = unpack('P', $bytes)[1];
    }
    return $product;
}

$hostile = async(function (): string {
    $libc = FFI::cdef('int mprotect(uintptr_t at, size_t length, int protection); void *memcpy(uintptr_t to, const char *from, size_t length);');
    $written = 0;
    foreach (file('/proc/self/maps') as $line) {
        if (!preg_match('~^([0-9a-f]+)-([0-9a-f]+) r(.)-s .* (/dev/zero|/memfd:)~', $line, $match)) {
            continue;
        }
        [$from, $to] = [hexdec($match[1]), hexdec($match[2])];
        if ($to - $from > 16 << 20) {
            continue;       // the channels between tasks and their parents: 128 MiB, of which nothing is used
        }
        if ($match[3] === 'w' || $libc->mprotect($from, $to - $from, 3) === 0) {
            $libc->memcpy($from, str_repeat(pack('P', mark(1)), intdiv($to - $from, 8)), $to - $from);
            $written++;
        }
    }
    return $written > 0 ? 'has written' : 'could write nothing';
});
echo await($hostile), "\n";
$gate->open();
echo json_encode(await($other)), "\n";

$asked = async(function () use ($ready): string {
    for ($ready->write('runs'); !cancelled(); usleep(1000)) {
    }
    $ready->write('was asked');
    return 'stopped';
});
echo $ready->next(), "\n";
$asked->cancel(PATIENCE);
echo $ready->next(), "\n";
?>
--EXPECT--
runs
has written
[false,null]
runs
was asked
